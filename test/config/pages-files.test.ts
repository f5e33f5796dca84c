import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config.ts';
import { readPagesFiles } from '../../src/main-pages.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pages-files-'));
  writeFileSync(join(folder, 'access.yaml'), 'rules: [{namespaces: ["*"], see: [team]}]');
  writeFileSync(join(folder, 'bad.yaml'), 'rules: [{namespaces: [A], sees: [team]}]');
  writeFileSync(join(folder, 'secret'), ' canary\n');
  writeFileSync(join(folder, 'empty'), '\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(files: Record<string, string>) {
  const signIn = ['--pages-sign-in-issuer=https://login.example.com', '--pages-sign-in-client-id=a'];
  const flags = Object.entries(files).map(([flag, name]) => `--${flag}=${join(folder, name)}`);
  return readPagesFiles(loadConfig(['--vault-address=https://vault.example.com', ...signIn, ...flags], {}));
}

describe('the files of the pages', () => {
  it('are read before anything starts, the secret without its line end', () => {
    const files = read({ 'pages-access-file': 'access.yaml', 'pages-sign-in-client-secret-file': 'secret' });
    expect(files.clientSecret?.reveal()).toBe('canary');
    expect(files.access).toEqual([{ namespaces: ['*'], connect: [], see: ['team'] }]);
    expect(JSON.stringify(files)).not.toContain('canary');
  });

  it('are not needed where there are no pages', () => {
    const config = loadConfig(['--vault-address=https://vault.example.com'], {});
    expect(readPagesFiles(config)).toEqual({ access: [], clientSecret: undefined, ca: undefined });
  });

  it('are refused with every problem of every file at once', () => {
    const wrong = {
      'pages-sign-in-client-secret-file': 'empty',
      'pages-sign-in-ca-file': 'absent',
      'pages-access-file': 'bad.yaml',
    };
    const problems = (() => {
      try {
        read(wrong);
      } catch (error) {
        return error instanceof ConfigError ? error.problems : [String(error)];
      }
      return [];
    })();
    expect(problems).toEqual([
      `--pages-sign-in-client-secret-file: ${join(folder, 'empty')} is empty.`,
      `--pages-sign-in-ca-file: ${join(folder, 'absent')} cannot be read (ENOENT).`,
      expect.stringContaining(`bad.yaml: rules[0].namespaces[0]: must be a namespace`),
      expect.stringContaining('bad.yaml: rules[0]: Unrecognized key: "sees"'),
      expect.stringContaining('bad.yaml: rules[0]: names no group under connect or see'),
    ]);
  });
});
