/** docs/cli.md: every command with its help as it is printed, and samples made by the texts' own code. */
import { type Command, Help } from 'commander';
import { doctorText } from '../src/cli/doctor.ts';
import { consumerFindings, type Pod } from '../src/cli/doctor-consumers.ts';
import {
  channelFindings,
  clockFinding,
  egressFindings,
  good,
  readyFinding,
  vaultFindings,
} from '../src/cli/doctor-findings.ts';
import { rights } from '../src/cli/doctor-rights.ts';
import { exitCodes, exitMeanings } from '../src/cli/exit.ts';
import { reasonText } from '../src/cli/explain.ts';
import { forecastOf, forecastText } from '../src/cli/forecast-items.ts';
import { createProgram } from '../src/cli/program.ts';
import { statusText } from '../src/cli/status-table.ts';
import { storyText } from '../src/cli/story.ts';
import { plain } from '../src/cli/text.ts';
import { lostChannel, sampleChannels, samplesAt } from './cli-samples.ts';

const look = { now: samplesAt, timeZone: 'UTC', paint: plain };

/** The command line without anything behind it; its helps are those that people see. */
export function idleProgram(): Command {
  const idle = () => Promise.reject(new Error('a page runs no command'));
  return createProgram({ run: idle, read: idle, offline: { print: () => {}, look: () => look }, version: '' });
}

const samples: Readonly<Record<string, () => string>> = {
  status: () =>
    `$ kubectl socialchannel status\n${statusText(sampleChannels, { isWide: false, withNamespace: false }, look)}`,
  describe: () => `$ kubectl socialchannel describe main-stage-twitch\n${storyText(lostChannel, look)}`,
  explain: () => `$ kubectl socialchannel explain RefreshInterrupted\n${reasonText('RefreshInterrupted')}`,
  forecast: () =>
    `$ kubectl socialchannel forecast --days 200\n${forecastText(forecastOf(sampleChannels, 200, samplesAt), false, look)}`,
  doctor: () => `$ kubectl socialchannel doctor\n${doctorSample()}`,
};

function doctorSample(): string {
  const encoder: Pod = {
    metadata: { name: 'encoder-0', namespace: 'main-stage' },
    spec: {
      containers: [{ name: 'encoder', volumeMounts: [{ name: 'token', subPath: 'access_token' }] }],
      volumes: [{ name: 'token', secret: { secretName: 'second-stage-token' } }],
    },
  };
  const clock = { serverAt: samplesAt, sentAt: samplesAt + 500, receivedAt: samplesAt + 540 };
  const sections = [
    {
      title: 'API server',
      findings: [good('context "studio" reaches https://k8s.example.com:6443'), clockFinding(clock)],
    },
    { title: 'Operator', findings: [readyFinding({ pod: 'social-system/operator-0', status: 200, text: 'ok' })] },
    { title: 'Vault', findings: vaultFindings(sampleChannels) },
    { title: 'Platforms', findings: egressFindings(sampleChannels) },
    { title: 'Channels', findings: channelFindings(sampleChannels, samplesAt) },
    { title: 'Pods', findings: consumerFindings([encoder], sampleChannels) },
  ];
  return doctorText(sections, look);
}

const head = `# kubectl socialchannel

Generated from the help texts of \`src/cli\` by \`scripts/generate-docs.ts\`; do not edit.

A plugin for kubectl: which channels need somebody, why, who, and what comes next. It needs Node 24 or newer and talks to
the API server alone, with your kubeconfig and your permissions. Tokens never come to your machine but by \`import\`, from
you, and \`invite --show\`.

## Install

- From this repository: \`make build\`, then put a link to \`dist/kubectl-socialchannel.js\` on PATH as \`kubectl-socialchannel\`.
- With npm: the package has the command as its bin.
- With Krew: \`deploy/krew/socialchannel.yaml\` is the manifest for an index; its archive is made by \`make krew\`.

kubectl finds the plugin by its name. Flags stand behind the name: \`kubectl socialchannel -n main-stage status\`.

**How fast it is.** \`status\` of 20 channels takes 0.33 s and 0.22 s of CPU against an API server on the same machine (two
busy cores, Node 24, best of 25), of which 0.18 s are the start of Node and of the command; \`kubectl get schan\` takes 0.08 s
and 0.05 s there. The plugin is one bundle for that reason: loaded package by package it would need 0.8 s to start. Node
keeps the compiled code in \`~/.cache/kubectl-socialchannel\`.

**Colours** are used on terminals only, and not with \`NO_COLOR\` or \`TERM=dumb\`. Tables fit 100 columns; names are never cut.
Times are of your own time zone (\`TZ\`).
`;

export function cliPage(): string {
  const program = idleProgram();
  const sections = program.commands.map((command) => section(command));
  return [head, exits(), permissions(), globalFlags(program), ...sections].join('\n');
}

function exits(): string {
  const rows = Object.entries(exitMeanings).map(
    ([name, text]) => `| ${exitCodes[name as keyof typeof exitCodes]} | ${text} |`,
  );
  return `## Exit codes\n\n| Code | Meaning |\n| --- | --- |\n${rows.join('\n')}\n`;
}

function permissions(): string {
  const rows = rights.map((right) => {
    const resource = right.group === '' ? right.resource : `${right.resource}.${right.group}`;
    const what = right.subresource === undefined ? resource : `${resource}/${right.subresource}`;
    return `| ${right.verb} | ${what} | ${right.for}${right.inOperatorNamespace ? ", in the operator's namespace" : ''} |`;
  });
  return `## Permissions\n\nWhat the commands ask of RBAC; what you lack is named when it is missing, and by \`doctor\`.\n\n| Verb | Resource | For |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** The help without the flags of all commands, which stand once above. */
function section(command: Command): string {
  let text = '';
  command
    .configureOutput({ writeOut: (part) => (text += part) })
    .configureHelp({ showGlobalOptions: false, helpWidth: 100 });
  command.outputHelp();
  const usage = text.trim().replace('kubectl-socialchannel', 'kubectl socialchannel');
  const sample = samples[command.name()]?.().trimEnd();
  const shown = sample === undefined ? '' : `\n\`\`\`\n${sample}\n\`\`\`\n`;
  return `## ${command.name()}\n\n\`\`\`\n${usage}\n\`\`\`\n${shown}`;
}

function globalFlags(program: Command): string {
  const help = new Help();
  const rows = program.options.map(
    (option) => `| \`${help.optionTerm(option)}\` | ${help.optionDescription(option)} |`,
  );
  return `## Flags of all commands\n\n| Flag | Meaning |\n| --- | --- |\n${rows.join('\n')}\n`;
}
