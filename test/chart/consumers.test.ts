import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { repository, scratchFolder } from '../harness/scratch.ts';

const examples = join(repository, 'deploy', 'consumers');
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A folder that changes as the kubelet changes it: whole, by one rename of the link that all files go through. */
class MountedSecret {
  readonly folder = scratchFolder('mounted');
  #version = 0;

  write(files: Readonly<Record<string, string>>): void {
    const version = `..version-${++this.#version}`;
    mkdirSync(join(this.folder, version));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(this.folder, version, name), text);
      if (this.#version === 1) symlinkSync(join('..data', name), join(this.folder, name));
    }
    symlinkSync(version, join(this.folder, '..new'));
    renameSync(join(this.folder, '..new'), join(this.folder, '..data'));
    if (this.#version > 1) rmSync(join(this.folder, `..version-${this.#version - 1}`), { recursive: true });
  }
}

function start(command: string, args: readonly string[], env: Readonly<Record<string, string>>): () => string {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env } });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return () => output;
}

const connected = (token: string) => ({ access_token: token, expires_at: '2036-01-01T00:00:00Z', state: 'Connected' });

describe('the example in shell', () => {
  it('is twelve lines at most, comments aside', () => {
    const lines = readFileSync(join(examples, 'read-again.sh'), 'utf8').trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('#')).length).toBeLessThanOrEqual(12);
  });

  it('hands each connection the token of that moment, and says when a person is needed', async () => {
    const secret = new MountedSecret();
    secret.write(connected('first'));
    const output = start(join(examples, 'read-again.sh'), ['sh', '-c', 'read -r t || true; echo "got:$t"'], {
      TOKEN_FOLDER: secret.folder,
      PAUSE_SECONDS: '0.05',
    });
    await expect.poll(output, { timeout: 10_000 }).toContain('got:first\n');
    secret.write(connected('second'));
    await expect.poll(output, { timeout: 10_000 }).toContain('got:second\n');
    expect(output().lastIndexOf('got:first')).toBeLessThan(output().indexOf('got:second'));
    expect(output()).not.toContain('reconnect');
    secret.write({ ...connected('third'), state: 'NeedsReauth' });
    await expect
      .poll(output, { timeout: 10_000 })
      .toContain('ends at 2036-01-01T00:00:00Z and a person has to reconnect');
  });

  it('goes on when a connection fails', async () => {
    const secret = new MountedSecret();
    secret.write(connected('first'));
    const output = start(join(examples, 'read-again.sh'), ['sh', '-c', 'exit 3'], {
      TOKEN_FOLDER: secret.folder,
      PAUSE_SECONDS: '0.05',
    });
    await expect
      .poll(() => output().split('the connection ended with 3').length, { timeout: 10_000 })
      .toBeGreaterThan(2);
  });
});

describe('the example in Node', () => {
  it('is twelve lines at most, comments aside', () => {
    const lines = readFileSync(join(examples, 'read-again.mjs'), 'utf8').trim().split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('//')).length).toBeLessThanOrEqual(12);
  });

  it('calls with the token of that moment, and tells a refusal', async () => {
    const secret = new MountedSecret();
    secret.write(connected('first'));
    const seen: (string | undefined)[] = [];
    const server = createServer(({ headers: { authorization } }, answer) => {
      seen.push(authorization);
      answer.writeHead(authorization === 'Bearer second' ? 401 : 200).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const output = start(process.execPath, [join(examples, 'read-again.mjs')], {
        URL: url,
        TOKEN_FOLDER: secret.folder,
        PAUSE_MS: '50',
      });
      await expect.poll(() => seen, { timeout: 10_000 }).toContain('Bearer first');
      secret.write(connected('second'));
      await expect.poll(output, { timeout: 10_000 }).toContain('refused; the token ends at 2036-01-01T00:00:00Z');
      expect(new Set(seen)).toEqual(new Set(['Bearer first', 'Bearer second']));
      expect(output()).not.toMatch(/first|second/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
