import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperatorOptions } from '../test/harness/operator.ts';
import { repository } from '../test/harness/scratch.ts';

/** The operator as the image runs it: compiled, and with the image's settings for Node. */
export function shipped(): Pick<OperatorOptions, 'program' | 'env'> {
  const dockerfile = readFileSync(join(repository, 'Dockerfile'), 'utf8');
  const options = /^ENV NODE_OPTIONS=(\S+)$/m.exec(dockerfile)?.[1];
  return { program: 'dist/main.js', env: options === undefined ? {} : { NODE_OPTIONS: options } };
}
