import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { documents } from '../harness/api-client.ts';
import { tryOut } from './admission.ts';

const folder = new URL('../../deploy/platforms/', import.meta.url);

describe('the platforms that come as files', () => {
  it.each(globSync('*', { cwd: fileURLToPath(folder) }).sort())('%s is admitted under its name', async (file) => {
    const [object, ...more] = documents(readFileSync(new URL(file, folder), 'utf8'));
    expect(more).toEqual([]);
    expect(object?.kind).toBe('SocialPlatform');
    expect(`${object?.metadata.name}.yaml`).toBe(file);
    const spec = object?.spec as Readonly<Record<string, unknown>>;
    const admitted = await tryOut('SocialPlatform', spec, object?.metadata.name);
    expect(admitted).toMatchObject({ kind: 'SocialPlatform', spec });
  });
});
