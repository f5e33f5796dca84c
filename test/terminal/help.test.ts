import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { idleProgram } from '../../scripts/cli-page.ts';
import { packForKrew } from '../../scripts/krew.ts';
import { completionScript, shells } from '../../src/cli/completion-scripts.ts';

const program = idleProgram();
const names = program.commands.map((command) => command.name());

function helpOf(name: string): string {
  let text = '';
  program.commands
    .find((command) => command.name() === name)
    ?.configureOutput({ writeOut: (part) => (text += part) })
    .outputHelp();
  return text;
}

describe('the help', () => {
  it.each(names)('of %s has examples, whose commands and flags exist', (name) => {
    const examples = helpOf(name).split('Examples:\n')[1] ?? '';
    const lines = examples.split('\n').filter((line) => /kubectl[- ]socialchannel /.test(line));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const [, command = '', rest = ''] = /kubectl[- ]socialchannel (\S+)([^|>#&)]*)/.exec(line) ?? [];
      expect(names).toContain(command);
      const known = [...program.options, ...(program.commands.find((one) => one.name() === command)?.options ?? [])];
      const flags = rest.split(' ').filter((word) => word.startsWith('-'));
      for (const flag of flags) expect(known.flatMap(({ short, long }) => [short, long])).toContain(flag);
    }
  });

  it('offers no flag by which a token could be given', () => {
    const flags = [...program.options, ...program.commands.flatMap(({ options }) => options)].map(({ long }) => long);
    expect(flags.filter((flag) => /token|secret(?!$)|password/.test(flag ?? ''))).toEqual([]);
  });
});

describe('a completion script', () => {
  it.each(shells)('for %s asks the command itself', (shell) => {
    expect(completionScript(shell)).toContain('kubectl-socialchannel __complete ');
  });
});

describe('the archive for Krew', () => {
  const folder = mkdtempSync(join(tmpdir(), 'krew-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is what the manifest says, runs where it is unpacked, and brings the licences of what it holds', async () => {
    const archive = await packForKrew(folder, 'https://example.com/plugin.tar.gz');
    const manifest = parse(readFileSync(join(folder, 'socialchannel.yaml'), 'utf8')) as {
      metadata: { name: string };
      spec: { version: string; platforms: [{ uri: string; sha256: string; bin: string }] };
    };
    const [platform] = manifest.spec.platforms;
    expect(platform.sha256).toBe(createHash('sha256').update(readFileSync(archive)).digest('hex'));
    expect(platform.uri).toBe('https://example.com/plugin.tar.gz');
    const unpacked = mkdtempSync(join(folder, 'unpacked-'));
    execFileSync('tar', ['-C', unpacked, '-xzf', archive]);
    const run = (...args: string[]) =>
      execFileSync(join(unpacked, platform.bin), args, { encoding: 'utf8', env: { ...process.env, HOME: folder } });
    expect(manifest.spec.version).toBe(`v${run('--version').trim()}`);
    expect(run('explain', 'AccessRevoked')).toMatch(/^AccessRevoked\n/);
    const licences = readFileSync(join(unpacked, 'THIRD-PARTY-LICENSES'), 'utf8');
    for (const name of ['commander', 'undici', '@kubernetes/client-node', 'yaml', 'ical-generator'])
      expect(licences).toMatch(new RegExp(`^${name} [\\d.]+ \\(.+\\)$`, 'm'));
  });
});
