import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumProgram } from '../harness/chromium.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chromium-'));
  for (const name of ['chromium-browser', 'mine']) {
    writeFileSync(join(folder, name), '#!/bin/sh\n');
    chmodSync(join(folder, name), 0o755);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the browser of the tests', () => {
  it('is the one that is named, else one on PATH', () => {
    const named = join(folder, 'mine');
    expect(chromiumProgram({ PATH: folder, CHROMIUM_BIN: named })).toBe(named);
    expect(chromiumProgram({ PATH: `/nowhere:${folder}` })).toBe(join(folder, 'chromium-browser'));
  });

  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    [
      'there is none',
      { PATH: '/nowhere' },
      /none of chromium, .* is on PATH\. Install it \(Debian: apt-get install chromium\)/,
    ],
    [
      'the named one is none',
      { PATH: '/nowhere', CHROMIUM_BIN: '/nowhere/x' },
      /CHROMIUM_BIN names \/nowhere\/x, which is no program/,
    ],
  ])('makes the tests fail with what to do when %s', (_, environment, sentence) => {
    expect(() => chromiumProgram(environment)).toThrow(sentence);
  });
});
