#!/usr/bin/env node
/** The plugin's entry: what an older Node could not even parse is loaded after a look at its version. */
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const NEEDED = 24;

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `kubectl-socialchannel needs Node ${NEEDED} or newer; ${process.execPath} is ${process.versions.node}.\n`,
  );
  process.exitCode = 2;
} else {
  // Not Node's default below /tmp: whoever else writes there could have code run by this user.
  module.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubectl-socialchannel'));
  const { main } = await import('./cli-main.ts');
  await main(process.argv.slice(2));
}
