import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Below the range from which Linux takes ports of outgoing connections, so that a restarted server finds its port free. */
const firstPort = 15_000;
const lastPort = 32_000;
const handedOut = new Set<number>();

/** A port on loopback that nothing listens on. A server keeps it over restarts. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
    if (handedOut.has(port) || !(await bindable(port))) continue;
    handedOut.add(port);
    return port;
  }
}

function bindable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * A new folder for keys, logs and data, removed with the process that made it. SOCIALCHANNEL_TEST_KEEP=1 keeps it, for
 * reading the logs of a run that failed.
 */
export function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `socialchannel-${name}-`));
  process.once('exit', () => removeFolder(folder));
  return folder;
}

/** Removes a scratch folder before its process ends. */
export function removeFolder(folder: string): void {
  if (process.env.SOCIALCHANNEL_TEST_KEEP === '1') return;
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** The root of the checkout. */
export const repository = join(import.meta.dirname, '..', '..');

/** A name that no other test of this run has: `main-stage-3f9a1c`. */
export function uniqueName(stem: string): string {
  return `${stem}-${randomBytes(3).toString('hex')}`;
}
