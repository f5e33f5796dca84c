import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { repository } from '../test/harness/scratch.ts';

/**
 * The operator of these sources with all that it imports in one file, which starts with a quarter of the work: a cell's
 * greatest cost is the start after its kill. Answers the file's path; it lies in a folder of its own below `folder`.
 */
export async function bundleOperator(folder: string): Promise<string> {
  const file = join(folder, 'bundle', 'main.mjs');
  mkdirSync(join(folder, 'bundle'), { recursive: true });
  // Its version is read from there.
  copyFileSync(join(repository, 'package.json'), join(folder, 'package.json'));
  const bundle = await rolldown({ input: join(repository, 'src', 'main.ts'), platform: 'node', logLevel: 'silent' });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  return file;
}
