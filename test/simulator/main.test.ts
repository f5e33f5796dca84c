import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuthority, issueServer } from '../harness/certificates.ts';
import { SimulatorControl } from './control.ts';
import { WireClient } from './wire-client.ts';

const ended: (() => void)[] = [];

afterEach(() => {
  for (const end of ended.splice(0)) {
    end();
  }
});

function start(args: readonly string[]): ChildProcess {
  const program = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  ended.push(() => child.kill('SIGKILL'));
  return child;
}

describe('the simulator as a process', () => {
  it('says in one line where it listens, serves TLS, and ends on SIGTERM', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    ended.push(() => rmSync(folder, { recursive: true }));
    const authority = createAuthority('simulator');
    const pair = issueServer(authority, 'simulator');
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(cert, pair.certificate);
    writeFileSync(key, pair.key);
    const child = start(['--cert', cert, '--key', key, '--port', '0', '--control-port', '0']);
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const [line] = (await once(lines, 'line')) as [string];
    const address = JSON.parse(line) as { url: string; controlUrl: string };
    const wire = new WireClient(address.url, authority.certificate);
    const answer = await wire.get('/id.twitch.tv/oauth2/validate');
    expect(answer.json).toEqual({ status: 401, message: 'missing authorization token' });
    expect(await new SimulatorControl(address.controlUrl).complaints()).toHaveLength(1);
    await wire.close();
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it('says how it is used when the certificate is missing', async () => {
    const child = start([]);
    const errors: Buffer[] = [];
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(Buffer.concat(errors).toString()).toContain('usage: node test/simulator/main.ts --cert FILE --key FILE');
  });
});
