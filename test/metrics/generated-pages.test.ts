import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { generatedPages } from '../../scripts/generate-docs.ts';

it.each([...(await generatedPages())])(
  '%s is what the code says; else run node scripts/generate-docs.ts',
  async (path, text) => {
    const page = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
    expect(page).toBe(text);
  },
);
