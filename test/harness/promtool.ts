import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { serverBinaries } from '../servers/binaries.ts';

/** The exit code and words of `promtool check metrics` for a scrape. */
export async function promtoolCheck(scrape: string): Promise<{ code: number | null; said: string }> {
  const { promtool } = await serverBinaries(['promtool']);
  const child = spawn(promtool, ['check', 'metrics'], { stdio: 'pipe' });
  child.stdin.end(scrape);
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, said: out + err };
}
