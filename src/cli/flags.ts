import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../core/instant.ts';
import { exitCodes, exitMeanings } from './exit.ts';

/** The flags that kubectl has too. */
export interface KubectlFlags {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly as?: string;
  readonly asGroup?: readonly string[];
  readonly asUid?: string;
  /** Milliseconds. */
  readonly requestTimeout: number;
}

export function kubectlFlags(program: Command): void {
  const collect = (value: string, before: readonly string[] = []) => [...before, value];
  program
    .option('-n, --namespace <name>', 'the namespace; default: that of the context')
    .option('--context <name>', 'the context of the kubeconfig')
    .option('--kubeconfig <file>', 'the kubeconfig; default: KUBECONFIG, then ~/.kube/config')
    .option('--cluster <name>', "another cluster than the context's")
    .option('--user <name>', "another user than the context's")
    .option('--as <user>', 'act as that user')
    .option('--as-group <group>', 'act as a member of that group; may be repeated', collect)
    .option('--as-uid <uid>', 'act with that uid')
    .addOption(
      new Option('--request-timeout <time>', 'how long one answer may take: 10s, 1m, 0 for no limit')
        .default(30_000, '30s')
        .argParser(duration),
    );
}

export function duration(text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('It takes a duration such as 10s, 2m or 1h.');
  return ms;
}

export function days(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 3650)
    throw new InvalidArgumentError('It takes a number of days, such as 30 or 90.');
  return count;
}

/** A value that somebody typed behind a flag may be a token: it is not said again. */
export function withoutValues(text: string): string {
  return text.replace(/(--?[\w-]+)=[^\s']+/g, '$1=…');
}

export function exitText(): string {
  const lines = Object.entries(exitMeanings).map(
    ([name, text]) => `  ${exitCodes[name as keyof typeof exitCodes]}  ${text}`,
  );
  return `Exit codes:\n${lines.join('\n')}`;
}

export const everywhere = () => new Option('-A, --all-namespaces', 'all namespaces');
export const oneOf = (flags: string, about: string, choices: readonly string[]) =>
  new Option(flags, about).choices(choices);
export const examples = (...lines: string[]) =>
  `\nExamples:\n${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}`;
export const flagsOf = (command: Command) => command.optsWithGlobals<KubectlFlags>();
