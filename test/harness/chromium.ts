import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The machine's own Chromium: CHROMIUM_BIN, else the first of the usual names on PATH. @throws when there is none */
export function chromiumProgram(environment: NodeJS.ProcessEnv = process.env): string {
  const { CHROMIUM_BIN: named, PATH: path = '' } = environment;
  const candidates = named
    ? [named]
    : path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  const found = candidates.find(isProgram);
  if (found !== undefined) return found;
  const where = named ? `CHROMIUM_BIN names ${named}, which is no program` : `none of ${names.join(', ')} is on PATH`;
  throw new Error(
    `The browser tests need Chromium: ${where}. Install it (Debian: apt-get install chromium), or set CHROMIUM_BIN.`,
  );
}

/** @throws when there is no Chromium: a test that needs a browser fails without one */
export async function launchChromium(): Promise<Browser> {
  // The sandbox refuses to work for root; pages of this test are all our own.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return await chromium.launch({ executablePath: chromiumProgram(), args });
}
