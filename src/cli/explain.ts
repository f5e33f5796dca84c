import { familyOf, isBlocked, meaning, type Reason, reasonAnchor, reasons, remedy, stateOf } from '../api/reasons.ts';
import { nearestName } from '../core/nearest-name.ts';
import { CliError, type ExitCode, exitCodes } from './exit.ts';
import { actorOfReason } from './people.ts';
import type { Session } from './session.ts';
import { type Paint, plain, table, wrapped } from './text.ts';

const all = Object.keys(reasons) as Reason[];

/** What a word in REASON means; without a word, all of them. */
export function explainReason(session: Pick<Session, 'print' | 'look'>, word: string | undefined): ExitCode {
  const { paint } = session.look();
  session.print(word === undefined ? listText(paint) : reasonText(known(word), paint));
  return exitCodes.Fine;
}

function known(word: string): Reason {
  const found = all.find((reason) => reason.toLowerCase() === word.toLowerCase());
  if (found !== undefined) return found;
  const near = nearestName(word, all);
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  throw new CliError('Usage', `There is no reason "${word}".${meant} All of them: kubectl socialchannel explain`);
}

/** The text for one reason. */
export function reasonText(reason: Reason, paint: Paint = plain): string {
  const lines: readonly (readonly [string, string])[] = [
    ['Means', meaning(reason)],
    ['State', effectOf(reason)],
    ['Who', capital(`${actorOfReason(reasons[reason].who)}.`)],
    ['How', remedy(reason)],
    ['More', reasonAnchor(reason)],
  ];
  const body = lines.map(([title, text]) =>
    wrapped(text, `  ${paint('strong', title)}${' '.repeat(9 - title.length)}`, ' '.repeat(11)),
  );
  return `${paint('strong', reason)}\n\n${body.join('\n')}\n`;
}

function effectOf(reason: Reason): string {
  const state = stateOf(reason);
  if (state !== undefined) return `The channel is ${state}.`;
  if (isBlocked(reason)) return 'The channel keeps its state: its login is good.';
  switch (familyOf(reason)) {
    case 'Misconfigured':
      return 'The channel keeps its state; a setting is in the way.';
    case 'Transient':
      return 'The channel keeps its state; this passes.';
    case 'Unexpected':
      return 'The channel keeps its state.';
    default:
      return 'Of conditions and Events alone.';
  }
}

function listText(paint: Paint): string {
  const rows = all.map((reason) => ({ reason, state: stateOf(reason) ?? familyOf(reason) ?? '' }));
  const columns = [
    { title: 'REASON', of: ({ reason }: (typeof rows)[number]) => reason },
    { title: 'STATE OR KIND', of: ({ state }: (typeof rows)[number]) => state },
    { title: 'MEANS', of: ({ reason }: (typeof rows)[number]) => meaning(reason), min: 40 },
  ];
  return table(rows, columns, paint);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
