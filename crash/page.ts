import { idOf, type PathName, points, troubles } from './cells.ts';
import { kinds } from './kinds.ts';
import type { CellResult, Results } from './results.ts';
import { count, failures, median, outcomes, rowsOf, type Tally, tallyOf } from './tally.ts';

const pathTitles: Readonly<Record<PathName, string>> = {
  refresh: 'a refresh, asked for or due, and its recovery',
  import: 'tokens of a bootstrap Secret become the grant',
  projection: 'a deleted Secret is written again',
  revoke: 'a channel is deleted, and its login given back',
  forget: 'a channel is deleted, and its login forgotten here alone',
  takeover: 'a replica dies amid a refresh, and another takes its channel over',
  rescue: 'a replica dies with an answer in its escrow, and another adopts it',
  'consent-first': 'a person connects a channel for the first time',
  'consent-again': 'a person connects a channel again while the login before lives',
};

const meanings: readonly (readonly [string, string])[] = [
  ['kept', 'the platform takes what Vault holds and what the Secret shows, and every answer was stored'],
  ['unknown-then-kept', 'an answer got lost, the operator found out what had happened, and the login lives'],
  [
    'unknowable',
    'nobody could have known: the reason is `RefreshInterrupted`, or a person was told to try again; each is listed below with its argument',
  ],
  ['LOST', 'a login is dead that could have been kept'],
  ['FALSE', 'a person was asked to reconnect although the login lives, or was blamed for what nobody did'],
  ['FAILED', 'the kill never fired, or the operator never came to rest'],
];

/** `docs/crash-matrix.md`. */
export function crashPage(results: Results): string {
  const tally = tallyOf(results);
  return `${[
    '# Crash matrix',
    '',
    '<!-- Written by scripts/generate-docs.ts from crash/results.jsonl. -->',
    '',
    'The operator is killed at every call that it makes, on a real API server, etcd and Vault and against a strict platform',
    'simulator whose ledger is the judge. `make crash` runs it, `make crash CELLS=20` a part of it.',
    '',
    ...lastRun(tally),
    '',
    '![Outcomes by path, kind of token, trouble and place of the kill](pictures/crash-matrix.svg)',
    '',
    ...paths(tally),
    '',
    ...table(
      ['Outcome', 'Cells', 'Meaning'],
      meanings.map(([name, meaning], index) => [name, `${count(tally.ran, outcomes[index] ?? 'FAILED')}`, meaning]),
    ),
    '',
    ...byTrouble(tally),
    '',
    ...theWindow(tally),
    '',
    ...listed(tally),
    '',
    ...howItIsMade,
  ].join('\n')}\n`;
}

function lastRun({ all, ran, at }: Tally): string[] {
  if (at === undefined) return ['No cell has run yet.'];
  const present = ran.filter(({ commit }) => commit === at.commit).length;
  const older = ran.length - present;
  const earlier = older === 0 ? '' : ` ${older} of the results are of earlier commits.`;
  const bad = failures(ran).length;
  return [
    `It last ran on ${at.ranAt.slice(0, 10)} at commit \`${at.commit}\`. **${ran.length} of its ${all.length} cells have a result**, ${bad} of them a bad one.${earlier}`,
    'Each call at each point is played once before any of them twice: with the kind of token at which most can be lost, what changes',
    'something before what only reads, and a trouble by chance (the seed stands in each result); or what `--match` names.',
  ];
}

function paths(tally: Tally): string[] {
  const rows = rowsOf(tally).map(({ path, kind, all, ran }) => [
    pathTitles[path],
    kinds[kind].title,
    `${ran.length} of ${all}`,
    ...outcomes.map((outcome) => `${count(ran, outcome) || ''}`),
  ]);
  return table(['Path', 'Refresh token', 'Cells run', ...outcomes], rows);
}

function byTrouble({ ran }: Tally): string[] {
  const rows = troubles.flatMap((trouble) =>
    points.map((point) => {
      const here = ran.filter(({ cell }) => cell.trouble === trouble && cell.point === point);
      return [trouble, point, `${here.length}`, ...outcomes.map((outcome) => `${count(here, outcome) || ''}`)];
    }),
  );
  return table(['Beside the kill', 'Killed', 'Cells run', ...outcomes], rows);
}

function theWindow({ windows }: Tally): string[] {
  const [worst = 0] = windows.slice(-1);
  return [
    '## The window',
    '',
    "Between the arrival of a single-use platform's answer and Vault's acknowledgement of its write, a SIGKILL loses the",
    `login, and nothing could help. Measured ${windows.length} times on the wire, the machine being busy with other cells: median`,
    `**${median(windows)} ms**, worst **${worst} ms**.`,
  ];
}

function listed({ ran }: Tally): string[] {
  const section = (title: string, results: readonly CellResult[]) => {
    const sorted = results
      .map((result) => [idOf(result.cell).replaceAll('|', '·'), result.outcome, result.why ?? ''])
      .sort();
    return results.length === 0 ? [] : ['', `## ${title}`, '', ...table(['Cell', 'Outcome', 'Why'], sorted)];
  };
  const isUnknowable = ({ outcome }: CellResult) => outcome === 'unknowable';
  return [...section('Bad results', failures(ran)), ...section('Unknowable, and why', ran.filter(isUnknowable))].slice(
    1,
  );
}

const howItIsMade = [
  '## How a cell is made',
  '',
  '- A rehearsal of each path records its calls at three proxies: to Vault, to the API server, to the platform. Each call up to',
  "  the path's last deed is killed at in three ways: before it is passed on, after upstream has answered and before the",
  '  operator sees it, and after the last byte of the answer.',
  "- The calls of the app's own reconciler, which runs beside, are killed at the first time; logins, watches and the renewals of",
  '  Leases are not. A read that is repeated before anything is done stands for its repeats.',
  '- Where a store is away *and* the answer has arrived, the process lives on for four seconds before it dies; elsewhere it dies',
  '  at once and its next instance meets the outage.',
  '- `answer-lost`: the platform does its work and its first answer of the path goes nowhere; the kill comes before or after that.',
  '- `takeover`: of two replicas the one that holds the channel dies, its claim written and nothing sent (`answer-lost`: sent,',
  '  and the answer on its way). `rescue`: it dies with the answer sealed in its escrow, which Vault did not take. The calls are',
  '  those of the other one, from the Lease that it takes; it is killed as well, and nobody but its next instance is left.',
  '- `consent-first`, `consent-again`: a person with a browser (cookies, links and forms, no script) signs in, presses Continue,',
  '  agrees at the platform and brings the answer back to the operator that is killed. What does not load is loaded again; who reads',
  '  that it did not work begins anew, once for each mishap. Page and owner work beside each other, so reads count the first time alone.',
  '- Paths on which nothing is renewed are alike for several kinds of token; those stand for all whose calls differ.',
  '- An operator, its permissions and its proxies play one cell after the other; each cell has an app, an account and a channel',
  '  of its own. The operator runs from one file that is made of the sources, which starts with a quarter of the work.',
  '- Then everything is up again, the operator is started, and the cell waits until it is at rest. Durations are shortened by',
  '  settings only.',
];

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
