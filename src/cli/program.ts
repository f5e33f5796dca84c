import { Argument, Command, Option } from 'commander';
import { completionScript, type Shell, shells } from './completion-scripts.ts';
import { connect } from './connect.ts';
import { describe } from './describe.ts';
import { doctor } from './doctor.ts';
import type { ExitCode } from './exit.ts';
import { explainReason } from './explain.ts';
import {
  days,
  duration,
  everywhere,
  examples,
  exitText,
  flagsOf,
  type KubectlFlags,
  kubectlFlags,
  oneOf,
  withoutValues,
} from './flags.ts';
import { forecast } from './forecast.ts';
import { importTokens } from './import.ts';
import { invite } from './invite.ts';
import { refresh } from './refresh.ts';
import type { Session } from './session.ts';
import { type StatusOutput, status } from './status.ts';

/** What commands are run with. */
export interface Runner {
  /** Opens a session with these flags, runs the command in it, and keeps its exit code. */
  run(flags: KubectlFlags, command: (session: Session) => Promise<ExitCode>): Promise<void>;
  /** A file, or `-` for standard input. */
  read(file: string): Promise<string>;
  readonly offline: Pick<Session, 'print' | 'look'>;
  readonly version: string;
}

export function createProgram(runner: Runner): Command {
  const program = new Command('kubectl-socialchannel')
    .usage('COMMAND [flags]')
    .description('Says which social accounts are connected, why one is not, who has to act, and what comes next.')
    .version(runner.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({ outputError: (text, write) => write(withoutValues(text)) })
    .exitOverride();
  kubectlFlags(program);
  statusCommand(program, runner);
  describeCommand(program, runner);
  refreshCommand(program, runner);
  explainCommand(program, runner);
  connectCommand(program, runner);
  inviteCommand(program, runner);
  forecastCommand(program, runner);
  doctorCommand(program, runner);
  importCommand(program, runner);
  completionCommand(program, runner);
  return program.addHelpText(
    'after',
    `\n${exitText()}\n\nEach command has examples: kubectl socialchannel COMMAND --help`,
  );
}

const channelArgument = () => new Argument('<name>', 'the SocialChannel');

function statusCommand(program: Command, runner: Runner): void {
  program
    .command('status')
    .description('The channels, the one that needs somebody soonest first.')
    .addOption(everywhere())
    .addOption(oneOf('-o, --output <format>', 'another form', ['wide', 'json', 'yaml', 'name']))
    .addHelpText(
      'after',
      examples(
        'kubectl socialchannel status                 # this namespace',
        'kubectl socialchannel status -A -o wide      # all, with owners and messages',
        'kubectl socialchannel status -A -o json | jq -r \'.items[] | select(.status.state=="NeedsReauth").metadata.name\'',
        '',
        'Exit code 1 says that a channel needs a person.',
      ),
    )
    .action(async ({ output = 'table' }: { output?: StatusOutput }, command: Command) => {
      await runner.run(flagsOf(command), (session) => status(session, output));
    });
}

function describeCommand(program: Command, runner: Runner): void {
  program
    .command('describe')
    .description('The story of one channel: what happened, what still works, who has to act, how, and what is next.')
    .addArgument(channelArgument())
    .addHelpText('after', examples('kubectl socialchannel describe main-stage-twitch'))
    .action(async (name: string, _options: object, command: Command) => {
      await runner.run(flagsOf(command), (session) => describe(session, name));
    });
}

function refreshCommand(program: Command, runner: Runner): void {
  program
    .command('refresh')
    .description(
      'Asks the operator to renew the access token now, or to check the login where it is not due, and says what came of it.',
    )
    .addArgument(channelArgument())
    .option('--wait', 'wait until it is done')
    .addOption(new Option('--timeout <time>', 'how long to wait').default(60_000, '60s').argParser(duration))
    .addHelpText(
      'after',
      examples(
        'kubectl socialchannel refresh main-stage-twitch',
        'kubectl socialchannel refresh main-stage-twitch --wait --timeout 2m',
        '',
        'It sets the annotation socialops.dev/refresh. Without --wait it looks for three seconds.',
      ),
    )
    .action(async (name: string, { wait = false, timeout }: { wait?: boolean; timeout: number }, command: Command) => {
      await runner.run(flagsOf(command), (session) => refresh(session, name, { wait, timeoutMs: timeout }));
    });
}

function explainCommand(program: Command, runner: Runner): void {
  program
    .command('explain')
    .description(
      'What a word under REASON means, who can end it, and how. Without a word: all of them. Asks no cluster.',
    )
    .addArgument(new Argument('[reason]', 'a reason such as AccessRevoked'))
    .addHelpText('after', examples('kubectl socialchannel explain AccessRevoked', 'kubectl socialchannel explain'))
    .action((reason: string | undefined) => {
      explainReason(runner.offline, reason);
    });
}

function connectCommand(program: Command, runner: Runner): void {
  program
    .command('connect')
    .description('Connects a channel: by a code that is typed at the platform where it has that way, else by the page.')
    .addArgument(channelArgument())
    .option('--no-wait', 'print the code and end')
    .addOption(
      new Option('--timeout <time>', 'how long to wait for the login').default(900_000, '15m').argParser(duration),
    )
    .addHelpText(
      'after',
      examples(
        'kubectl socialchannel connect main-stage-twitch',
        '',
        'The operator talks to the platform (annotation socialops.dev/connect-device). Only the code for people is',
        'shown here; tokens and the device code never come to this machine.',
      ),
    )
    .action(async (name: string, { wait, timeout }: { wait: boolean; timeout: number }, command: Command) => {
      await runner.run(flagsOf(command), (session) => connect(session, name, { wait, timeoutMs: timeout }));
    });
}

function inviteCommand(program: Command, runner: Runner): void {
  program
    .command('invite')
    .description('Asks for a one-time link by which somebody without a sign-in can connect the channel.')
    .addArgument(channelArgument())
    .option('--show', 'print the link itself')
    .addOption(
      new Option('--timeout <time>', 'how long to wait for the link').default(15_000, '15s').argParser(duration),
    )
    .addHelpText(
      'after',
      examples(
        'kubectl socialchannel invite main-stage-twitch',
        'kubectl socialchannel invite main-stage-twitch --show | mail -s "Please reconnect" dana@example.com',
        '',
        'The link lies in the Secret NAME-invitation. Whoever has it can use it once.',
      ),
    )
    .action(async (name: string, { show = false, timeout }: { show?: boolean; timeout: number }, command: Command) => {
      await runner.run(flagsOf(command), (session) => invite(session, name, { show, timeoutMs: timeout }));
    });
}

function forecastCommand(program: Command, runner: Runner): void {
  program
    .command('forecast')
    .description('Who has to act when: what is due now, then every consent that ends soon.')
    .addOption(everywhere())
    .addOption(new Option('--days <count>', 'how far ahead').default(30).argParser(days))
    .addOption(oneOf('-o, --output <format>', 'another form', ['ical', 'json']))
    .addHelpText(
      'after',
      examples(
        'kubectl socialchannel forecast -A --days 90',
        'kubectl socialchannel forecast -A --days 90 -o ical > social.ics    # for a calendar; reminders a week ahead',
      ),
    )
    .action(async (options: { days: number; output?: 'ical' | 'json' }, command: Command) => {
      const { output = 'table' } = options;
      await runner.run(flagsOf(command), (session) => forecast(session, { days: options.days, output }));
    });
}

function doctorCommand(program: Command, runner: Runner): void {
  program
    .command('doctor')
    .description(
      'Looks for what keeps channels from being renewed, or pods from getting the token. It changes nothing.',
    )
    .addOption(everywhere())
    .option('--operator-namespace <name>', 'where the operator runs; default: where its Leases are')
    .addHelpText(
      'after',
      examples(
        'kubectl socialchannel doctor -A',
        '',
        "It looks at the resources, your permissions, the operator's replicas and readiness, what channels report of Vault",
        'and platforms, apps, both clocks, Events, and pods that hold a token which they never see renewed. Exit code 1',
        'says that it found something; what it may not look at is listed with a question mark.',
      ),
    )
    .action(async ({ operatorNamespace }: { operatorNamespace?: string }, command: Command) => {
      await runner.run(flagsOf(command), (session) => doctor(session, { operatorNamespace }));
    });
}

function importCommand(program: Command, runner: Runner): void {
  program
    .command('import')
    .description(
      'Puts tokens that exist already into a bootstrap Secret, which the channel imports once. No value is printed.',
    )
    .addArgument(channelArgument())
    .option('-f, --filename <file>', 'where the tokens are; - is standard input', '-')
    .option('--secret <name>', 'the Secret to write; default: that of spec.bootstrap, else NAME-bootstrap')
    .option('--attach', 'also set spec.bootstrap of the channel, where it names no Secret')
    .option('--replace', 'write over a bootstrap Secret that exists')
    .option('--dry-run', 'print what was understood and the Secret, redacted, and write nothing')
    .addHelpText(
      'after',
      examples(
        'kubectl socialchannel import main-stage-twitch -f tokens.json --dry-run',
        'pass show twitch/main-stage | kubectl socialchannel import main-stage-twitch --attach',
        '',
        'It takes JSON (the answer of a token endpoint will do) or lines key=value, with access_token, refresh_token,',
        'access_token_secret, obtained_at, expires_at, refresh_expires_at, consented_at (RFC 3339, or seconds since 1970),',
        'scopes, account_id and extras.NAME. Tokens are never taken from arguments, which other users of a machine can read.',
      ),
    )
    .action(async (name: string, options: ImportFlags, command: Command) => {
      const { filename, secret, attach = false, replace = false, dryRun = false } = options;
      const read = () => runner.read(filename);
      await runner.run(flagsOf(command), (session) =>
        importTokens(session, name, { read, secret, attach, replace, dryRun }),
      );
    });
}

interface ImportFlags {
  readonly filename: string;
  readonly secret?: string;
  readonly attach?: boolean;
  readonly replace?: boolean;
  readonly dryRun?: boolean;
}

function completionCommand(program: Command, runner: Runner): void {
  program
    .command('completion')
    .description(
      'Prints the script by which a shell, or kubectl itself, completes commands, flags, reasons and channels.',
    )
    .addArgument(new Argument('<shell>', 'which one').choices(shells))
    .addHelpText(
      'after',
      examples(
        'source <(kubectl-socialchannel completion bash)',
        'kubectl-socialchannel completion kubectl > ~/bin/kubectl_complete-socialchannel && chmod +x ~/bin/kubectl_complete-socialchannel',
      ),
    )
    .action((shell: Shell) => {
      runner.offline.print(completionScript(shell));
    });
}
