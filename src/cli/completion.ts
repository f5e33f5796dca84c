import type { Command, Option } from 'commander';
import { reasons } from '../api/reasons.ts';

/** What only the cluster or the kubeconfig knows. */
export interface CompletionSources {
  readonly channels: (words: readonly string[]) => Promise<readonly string[]>;
  readonly namespaces: (words: readonly string[]) => Promise<readonly string[]>;
  readonly contexts: (words: readonly string[]) => readonly string[];
}

interface Candidate {
  readonly value: string;
  readonly about?: string;
}

/** Directives of Cobra's protocol, which kubectl speaks with its plugins: whether files may be proposed as well. */
const NO_FILES = ':4';
const FILES = ':0';

/**
 * The lines that a shell is told for the words typed so far, the last of which is not finished: `value<tab>about`, then a
 * directive (Cobra's `__complete`).
 */
export async function complete(
  program: Command,
  words: readonly string[],
  sources: CompletionSources,
): Promise<string> {
  const partial = words.at(-1) ?? '';
  const typed = words.slice(0, -1);
  const command = commandOf(program, typed);
  const option = awaited(program, command, typed.at(-1));
  if (option !== undefined && isFile(option)) return `${FILES}\n`;
  const found = await candidates(program, command, option, typed, partial, sources);
  const lines = found
    .filter(({ value }) => value.startsWith(partial))
    .map(({ value, about }) => (about ? `${value}\t${about}` : value));
  return `${[...lines, NO_FILES].join('\n')}\n`;
}

function optionsOf(program: Command, command: Command | undefined): readonly Option[] {
  return [...(command?.options ?? []), ...program.options];
}

/** The command among the words: the first that is neither a flag nor a flag's value. */
function commandOf(program: Command, typed: readonly string[]): Command | undefined {
  const at = typed.findIndex(
    (word, index) => !word.startsWith('-') && awaited(program, undefined, typed[index - 1]) === undefined,
  );
  return program.commands.find((one) => one.name() === typed[at]);
}

/** The flag whose value comes next. */
function awaited(program: Command, command: Command | undefined, word: string | undefined): Option | undefined {
  if (word === undefined || !word.startsWith('-') || word.includes('=')) return undefined;
  return optionsOf(program, command).find(
    (option) => option.required && (option.long === word || option.short === word),
  );
}

function isFile(option: Option): boolean {
  return option.long === '--kubeconfig' || option.long === '--filename';
}

async function candidates(
  program: Command,
  command: Command | undefined,
  option: Option | undefined,
  typed: readonly string[],
  partial: string,
  sources: CompletionSources,
): Promise<readonly Candidate[]> {
  const plain = (values: readonly string[]) => values.map((value) => ({ value }));
  if (option !== undefined) {
    const before = typed.slice(0, -1);
    if (option.long === '--namespace' || option.long === '--operator-namespace')
      return plain(await sources.namespaces(before));
    if (option.long === '--context') return plain(sources.contexts(before));
    return plain(option.argChoices ?? []);
  }
  if (partial.startsWith('-')) {
    const options = optionsOf(program, command).filter(({ hidden }) => !hidden);
    return options.map(({ long, short, description }) => ({ value: long ?? short ?? '', about: description }));
  }
  if (command === undefined) {
    return program.commands.map((one) => ({ value: one.name(), about: one.summary() || one.description() }));
  }
  const [argument] = command.registeredArguments;
  if (argument === undefined || hasArgument(program, command, typed)) return [];
  // Its argument has no choices of commander's: the help would list them all.
  if (command.name() === 'explain') return plain(Object.keys(reasons));
  return argument.argChoices !== undefined ? plain(argument.argChoices) : plain(await sources.channels(typed));
}

function hasArgument(program: Command, command: Command, typed: readonly string[]): boolean {
  const after = typed.slice(typed.indexOf(command.name()) + 1);
  return after.some(
    (word, index) => !word.startsWith('-') && awaited(program, command, after[index - 1]) === undefined,
  );
}
