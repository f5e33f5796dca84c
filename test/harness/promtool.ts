import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { serverBinaries } from '../servers/binaries.ts';

/** How promtool ended, and what it said. */
export interface Said {
  readonly code: number | null;
  readonly said: string;
}

/** `promtool check metrics` for a scrape. */
export async function promtoolCheck(scrape: string): Promise<Said> {
  return await promtool(['check', 'metrics'], scrape);
}

/** `promtool check rules` for the text of a rule file. */
export async function promtoolRules(rules: string): Promise<Said> {
  return await promtool(['check', 'rules'], rules);
}

/** `promtool test rules`: the text of a test file whose `rule_files` is `rules.yaml`, and of that file. */
export async function promtoolTest(test: string, rules: string): Promise<Said> {
  const folder = await mkdtemp(join(tmpdir(), 'promtool-'));
  try {
    await writeFile(join(folder, 'rules.yaml'), rules);
    await writeFile(join(folder, 'test.yaml'), test);
    return await promtool(['test', 'rules', join(folder, 'test.yaml')], '');
  } finally {
    await rm(folder, { recursive: true });
  }
}

function promtool(args: readonly string[], input: string): Promise<Said> {
  return runToEnd('promtool', args, input);
}

/** One of the tools, run to its end. */
export async function runToEnd(tool: 'promtool' | 'amtool', args: readonly string[], input = ''): Promise<Said> {
  const { [tool]: binary } = await serverBinaries([tool]);
  const child = spawn(binary, args, { stdio: 'pipe' });
  child.stdin.end(input);
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, said: out + err };
}
