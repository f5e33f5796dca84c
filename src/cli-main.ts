import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { ApiServer } from './cli/api-server.ts';
import { complete } from './cli/completion.ts';
import { CliError, exitCodes } from './cli/exit.ts';
import type { KubectlFlags } from './cli/flags.ts';
import { createProgram, type Runner } from './cli/program.ts';
import { listChannels, type Session } from './cli/session.ts';
import { coloured, type Look, plain } from './cli/text.ts';
import type { PersonKubeConfig } from './kube/client-node-config.ts';
import { contextNames, personKubeConfig } from './kube/person-kubeconfig.ts';
import { version } from './version.ts';

const surroundings = { env: process.env, home: homedir() };

/** `hasColors` knows NO_COLOR, FORCE_COLOR and TERM; what is no terminal does not have it. */
function look(): Look {
  const paint = process.stdout.isTTY && process.stdout.hasColors() ? coloured : plain;
  return { now: Date.now(), timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, paint };
}

const print = (words: string) => void process.stdout.write(words);
const note = (words: string) => void process.stderr.write(`${words}\n`);

function kubeConfig(flags: KubectlFlags): PersonKubeConfig {
  try {
    return personKubeConfig(flags, surroundings);
  } catch (error) {
    throw new CliError('Usage', (error as Error).message);
  }
}

function sessionOf(flags: KubectlFlags, config: PersonKubeConfig): Session {
  const { as, asGroup, asUid, namespace = config.namespace ?? 'default' } = flags;
  if (as === undefined && (asGroup !== undefined || asUid !== undefined))
    throw new CliError('Usage', '--as-group and --as-uid go with --as.');
  const headers = {
    ...(as === undefined ? {} : { 'Impersonate-User': as }),
    ...(asGroup === undefined ? {} : { 'Impersonate-Group': [...asGroup] }),
    ...(asUid === undefined ? {} : { 'Impersonate-Uid': asUid }),
  };
  const api = new ApiServer({
    server: config.server,
    context: config.currentContext,
    connect: () => config.connection(),
    headers,
    timeoutMs: flags.requestTimeout,
  });
  const isEverywhere = flags.allNamespaces ?? false;
  return { api, namespace, isEverywhere, look, print, note, sleep: async (ms) => void (await pause(ms)) };
}

async function inSession<T>(flags: KubectlFlags, work: (session: Session) => Promise<T>): Promise<T> {
  const config = kubeConfig(flags);
  try {
    return await work(sessionOf(flags, config));
  } finally {
    // Kept-alive connections would hold the process back.
    await config.close();
  }
}

/** More than any set of tokens: somebody named the wrong file. */
const INPUT_LIMIT = 64 * 1024;

async function read(file: string): Promise<string> {
  if (file === '-' && process.stdin.isTTY) note('Paste the tokens as JSON or key=value, then end with Ctrl-D.');
  const found = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch(
    (error: { code?: string }) => {
      throw new CliError('Usage', `The file ${file} cannot be read (${error.code ?? 'unknown'}). Nothing was written.`);
    },
  );
  if (found.length > INPUT_LIMIT)
    throw new CliError('Usage', 'The input has more than 64 KiB; these are no tokens. Nothing was written.');
  return found;
}

const runner: Runner = {
  run: async (flags, command) => {
    process.exitCode = await inSession(flags, command);
  },
  read,
  offline: { print, look },
  version,
};

/** Completion must never hold up a shell: what does not come soon is not proposed. */
const COMPLETION_MS = 2_000;

async function proposals(words: readonly string[]): Promise<void> {
  const program = createProgram(runner);
  const flagsIn = (typed: readonly string[]): KubectlFlags => {
    program.allowUnknownOption().parseOptions([...typed]);
    return { ...program.opts<KubectlFlags>(), requestTimeout: COMPLETION_MS };
  };
  const asked = (typed: readonly string[], ask: (session: Session) => Promise<readonly string[]>) =>
    inSession(flagsIn(typed), ask).catch(() => []);
  const names = (objects: readonly { readonly metadata: { readonly name: string } }[]) =>
    objects.map(({ metadata }) => metadata.name);
  const sources = {
    channels: (typed: readonly string[]) => asked(typed, async (session) => names(await listChannels(session))),
    namespaces: (typed: readonly string[]) =>
      asked(typed, async ({ api }) =>
        names(await api.list({ path: '/api/v1/namespaces', doing: 'list the namespaces' })),
      ),
    contexts: (typed: readonly string[]) => contextNames(flagsIn(typed), surroundings),
  };
  print(await complete(program, words, sources));
}

/** Runs one command line and sets the exit code of the process. */
export async function main(args: readonly string[]): Promise<void> {
  // Whoever reads may stop early: `status | head -1`.
  process.stdout.on('error', (error: { code?: string }) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  try {
    if (args[0] === '__complete') await proposals(args.slice(1));
    else await createProgram(runner).parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exitCode = exitOf(error);
  }
}

function exitOf(error: unknown): number {
  // Commander has said it already; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.Fine : exitCodes.Usage;
  if (error instanceof CliError) {
    note(error.message);
    return exitCodes[error.exit];
  }
  note(
    `Something unforeseen happened: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nPlease report it.`,
  );
  return exitCodes.Refused;
}
