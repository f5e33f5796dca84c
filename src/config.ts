import { relations } from './config-relations.ts';
import {
  ENVIRONMENT_PREFIX,
  environmentName,
  type Setting,
  type SettingName,
  type SettingValues,
  settings,
} from './config-settings.ts';
import { nearestName } from './core/nearest-name.ts';
import type { Settings } from './core/settings.ts';

/** The operator's configuration, complete and checked. */
export interface Config extends Omit<SettingValues, 'vaultAuthMount'> {
  /** As set, else the name of the method. */
  readonly vaultAuthMount: string;
  /** Not wrong, but worth a line in the log at start. */
  readonly warnings: readonly string[];
}

/** Everything that is wrong with the configuration, for people. Holds no secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const list = problems.map((problem) => `  ${problem.replaceAll('\n', '\n      ')}`).join('\n\n');
    super(`The configuration has ${count}; the operator does not start.\n\n${list}\n\nAll settings: --help`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

interface Given {
  readonly value: string;
  readonly from: 'flag' | 'environment';
}
type Environment = Readonly<Record<string, string | undefined>>;
type AnySetting = Setting<unknown>;

const entries = Object.entries(settings) as readonly (readonly [SettingName, AnySetting])[];
/** Not a setting: it says what is to be done with the settings. */
const CHECK_FLAG = '--check';
const byFlag = new Map(entries.map(([, setting]) => [setting.flag, setting]));

/**
 * Reads flags (`--name value`, `--name=value`) and environment; a flag wins over the environment, both over the default.
 *
 * @param argv the arguments alone, without the program's name
 * @throws ConfigError listing every problem at once
 */
export function loadConfig(argv: readonly string[], environment: Environment): Config {
  const problems: string[] = [];
  const flags = readFlags(
    argv.filter((argument) => argument !== CHECK_FLAG),
    problems,
  );
  const values: Partial<Record<SettingName, unknown>> = {};
  const texts: Partial<Record<SettingName, string>> = {};
  for (const [name, setting] of entries) {
    const given = flags.get(setting.flag) ?? fromEnvironment(setting, environment);
    values[name] = settle(setting, given, problems);
    texts[name] = given?.value ?? setting.default ?? '';
  }
  const warnings = misspelledEnvironment(environment);
  // The table's types and `valueOf` agree by construction; what is wrong or missing is undefined here and has its problem.
  const known = values as unknown as SettingValues;
  checkRelations(known, texts, problems, warnings);
  if (problems.length > 0) throw new ConfigError(problems);
  const vaultAuthMount = known.vaultAuthMount ?? known.vaultAuthMethod;
  return Object.freeze({ ...known, vaultAuthMount, warnings: Object.freeze(warnings) });
}

/** What scheduling and protocol need of it. */
export function settingsOf(config: Config): Settings {
  return {
    propagationFloorMs: config.propagationFloorMs,
    claimLifeMs: config.claimLifeMs,
    httpTimeoutMs: config.httpTimeoutMs,
    minRefreshIntervalMs: config.minRefreshIntervalMs,
    minTokenLifetimeMs: config.minTokenLifetimeMs,
    maxTokenLifetimeMs: config.maxTokenLifetimeMs,
    confirmPauseMs: config.confirmPauseMs,
    brakeWindowMs: config.brakeWindowMs,
    brakeHoldMs: config.brakeHoldMs,
    brakeAppChannels: config.brakeAppChannels,
    brakeAppPercent: config.brakeAppPercent,
    brakePlatformChannels: config.brakePlatformChannels,
    brakePlatformPercent: config.brakePlatformPercent,
    reReadIntervalMs: config.reReadIntervalMs,
    writeVaultToken: config.vaultTokenPath,
    noticeSinks: [
      ...(config.noticeWebhookUrl === undefined ? [] : (['Webhook'] as const)),
      ...(config.noticeSmtpAddress === undefined ? [] : (['Mail'] as const)),
    ],
    noticeWindowMs: config.noticeWindowMs,
  };
}

/** `help` and `version` win over everything else, so that they work with a broken configuration. */
export function requestOf(argv: readonly string[]): 'help' | 'version' | 'check' | 'run' {
  if (argv.includes('--help') || argv.includes('-h')) return 'help';
  if (argv.includes('--version')) return 'version';
  return argv.includes(CHECK_FLAG) ? 'check' : 'run';
}

function readFlags(argv: readonly string[], problems: string[]): Map<string, Given> {
  const given = new Map<string, Given>();
  for (let index = 0; index < argv.length; index += 1) {
    const [, flag, equals, inline = ''] = /^--([^=]+)(=)?(.*)$/s.exec(argv[index] ?? '') ?? [];
    if (flag === undefined) {
      // The argument may be a secret: only its place is told.
      problems.push(`argument ${index + 1} belongs to no flag; it is not repeated here, as it may be a secret.`);
      continue;
    }
    const setting = byFlag.get(flag);
    const next = argv[index + 1];
    const takesNext = equals === undefined && setting?.kind.isSwitch !== true && next?.startsWith('--') === false;
    if (takesNext) index += 1;
    const value = equals !== undefined ? inline : takesNext ? next : setting?.kind.isSwitch ? 'true' : undefined;
    if (setting === undefined) problems.push(unknownFlag(flag));
    else if (value === undefined)
      problems.push(`--${flag} (${environmentName(setting)}): has no value.\n${allowed(setting)}`);
    else addFlag(given, setting, value);
  }
  return given;
}

/** As usual with Kubernetes' components the last one wins, so that a chart's extra arguments can override; lists add. */
function addFlag(given: Map<string, Given>, setting: AnySetting, value: string): void {
  const before = setting.kind.isList ? given.get(setting.flag) : undefined;
  given.set(setting.flag, { value: before === undefined ? value : `${before.value},${value}`, from: 'flag' });
}

function unknownFlag(flag: string): string {
  const name = nearestName(flag, [...byFlag.keys(), 'help', 'version', 'check']);
  return `--${flag}: no such flag.${name === undefined ? '' : ` Did you mean --${name}?`}`;
}

function fromEnvironment(setting: AnySetting, environment: Environment): Given | undefined {
  // An empty name counts as unset: that is how charts and shells leave something out.
  const value = environment[environmentName(setting)] || environment[setting.alsoEnvironment ?? ''];
  return value === undefined || value === '' ? undefined : { value, from: 'environment' };
}

function settle(setting: AnySetting, given: Given | undefined, problems: string[]): unknown {
  if (given === undefined && setting.isRequired) {
    problems.push(`--${setting.flag} (${environmentName(setting)}): required, but not set.\n${allowed(setting)}`);
  }
  const text = given?.value ?? setting.default;
  if (text === undefined) return undefined;
  const value = setting.kind.parse(text);
  if (value === undefined) problems.push(wrongValue(setting, text, given?.from ?? 'flag'));
  return value;
}

function wrongValue(setting: AnySetting, text: string, from: Given['from']): string {
  const shown = setting.kind.mayBeSecret?.(text) ? 'its value (not shown: it may hold a secret)' : JSON.stringify(text);
  const names = [`--${setting.flag}`, environmentName(setting)];
  const [first, second] = from === 'flag' ? names : names.reverse();
  return `${first} (${second}): ${shown} is not allowed.\n${allowed(setting)}`;
}

function allowed(setting: AnySetting): string {
  return `Allowed: ${setting.kind.allowed}. Example: ${setting.example}`;
}

function checkRelations(
  values: SettingValues,
  texts: Partial<Record<SettingName, string>>,
  problems: string[],
  warnings: string[],
): void {
  for (const { between, holds, sentence, otherwise } of relations) {
    // A value that is missing or wrong has its own problem already.
    const isComplete = between.every((name) => values[name] !== undefined || isOptional(settings[name]));
    if (!isComplete || holds(values)) continue;
    const told = between.map(
      (name) => `--${settings[name].flag} (${environmentName(settings[name])}) ${isOrUnset(texts[name])}`,
    );
    (otherwise === 'refuse' ? problems : warnings).push(`${told.join(', ')}:\n${sentence}.`);
  }
}

function isOrUnset(text: string | undefined): string {
  return text ? `is ${text}` : 'is not set';
}

function isOptional(setting: AnySetting): boolean {
  return setting.isRequired !== true && setting.default === undefined;
}

/** Unknown names are normal here: Kubernetes puts addresses of Services into the environment. Near misses are not. */
function misspelledEnvironment(environment: Environment): string[] {
  const known = entries.map(([, setting]) => environmentName(setting).slice(ENVIRONMENT_PREFIX.length));
  return Object.keys(environment)
    .filter((name) => name.startsWith(ENVIRONMENT_PREFIX))
    .map((name) => name.slice(ENVIRONMENT_PREFIX.length))
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const meant = nearestName(name, known);
      const told = `${ENVIRONMENT_PREFIX}${name} is set, but is no setting.`;
      return meant === undefined ? [] : [`${told} Did you mean ${ENVIRONMENT_PREFIX}${meant}?`];
    });
}
