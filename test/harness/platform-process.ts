import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Authority, issueServer } from './certificates.ts';
import { ManagedProcess } from './managed-process.ts';
import { freePort, repository } from './scratch.ts';

/** Where a stand-in of the platforms answers, and where tests change its world. */
export interface PlatformAddress {
  readonly url: string;
  readonly controlUrl: string;
}

export interface PlatformServer {
  readonly address: PlatformAddress;
  readonly process: ManagedProcess;
}

export interface PlatformOptions {
  /** `simulator` or `oidc`: the folder under test whose main.ts it is. */
  readonly name: 'simulator' | 'oidc';
  readonly folder: string;
  readonly authority: Authority;
  readonly args?: readonly string[];
  /** The address of this machine that the platforms answer on; the simulator alone. Default: loopback. */
  readonly host?: string;
}

/** Starts test/<name>/main.ts, which says in one JSON line on standard output where it listens. */
export async function startPlatform({
  name,
  folder,
  authority,
  args = [],
  host,
}: PlatformOptions): Promise<PlatformServer> {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const pair = issueServer(authority, name, host === undefined ? [] : [host]);
  writeFileSync(cert, pair.certificate);
  writeFileSync(key, pair.key, { mode: 0o600 });
  const ports = ['--port', String(await freePort()), '--control-port', String(await freePort())];
  if (host !== undefined) ports.push('--host', host);
  const process = new ManagedProcess({
    name,
    command: globalThis.process.execPath,
    args: [platformProgram(name), '--cert', cert, '--key', key, ...ports, ...args],
    logFile: join(folder, `${name}.log`),
    ready: async () => announced(process.outputSinceStart()) !== undefined,
  });
  await process.start();
  const address = announced(process.outputSinceStart());
  if (address === undefined) throw new Error(`${name} no longer says where it listens.`);
  return { address, process };
}

/** Whether this checkout has that stand-in. */
export function hasPlatform(name: PlatformOptions['name']): boolean {
  return existsSync(platformProgram(name));
}

function platformProgram(name: PlatformOptions['name']): string {
  return join(repository, 'test', name, 'main.ts');
}

function announced(output: string): PlatformAddress | undefined {
  const line = output.split('\n').findLast((text) => text.startsWith('{') && text.includes('"controlUrl"'));
  return line === undefined ? undefined : (JSON.parse(line) as PlatformAddress);
}
