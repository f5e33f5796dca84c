import type { KillPoint } from '../test/harness/fault-rules.ts';
import { type KindName, kindNames } from './kinds.ts';
import { taking } from './wire.ts';

/** What the operator is about to do when it is killed. */
export const paths = [
  'refresh',
  'import',
  'projection',
  'revoke',
  'forget',
  'takeover',
  'rescue',
  'consent-first',
  'consent-again',
] as const;
export type PathName = (typeof paths)[number];

export const points: readonly KillPoint[] = ['before-forward', 'after-forward', 'after-answer'];

/** What goes wrong beside the kill. */
export const troubles = ['nothing', 'vault-down', 'api-down', 'answer-lost'] as const;
export type Trouble = (typeof troubles)[number];

/** A path of one kind, undisturbed but for an answer that the platform loses: what a dry run plays. */
export interface Story {
  readonly path: PathName;
  readonly kind: KindName;
  readonly isAnswerLost: boolean;
}

/** One kill: at the `nth` time that this call is made in its story. */
export interface Cell {
  readonly path: PathName;
  readonly kind: KindName;
  readonly call: string;
  readonly nth: number;
  readonly point: KillPoint;
  readonly trouble: Trouble;
}

/** Where the platform is not asked to renew anything its kinds are alike: then those stand for all whose calls differ. */
const kindsOf: Readonly<Record<PathName, readonly KindName[]>> = {
  refresh: kindNames,
  import: ['reusable', 'single-use', 'exchange'],
  projection: ['reusable'],
  revoke: ['reusable', 'single-use', 'kills-on-replay'],
  forget: ['reusable', 'exchange'],
  takeover: kindNames,
  // An answer is adopted, and nothing is sent: what differs is what comes of a token that was spent and never stored.
  rescue: ['single-use', 'exchange'],
  // What differs is how a code becomes a login: with a client secret alone, with PKCE and one login for each person, in
  // two steps (a short-lived token that is exchanged for the one that is kept).
  'consent-first': ['reusable', 'kills-on-replay', 'exchange'],
  // What differs is what becomes of the login before: it goes on, or the platform ends it with the exchange of the code.
  'consent-again': ['reusable', 'kills-on-replay'],
};

/** A person takes part. */
export const isConsent = (path: PathName): boolean => path === 'consent-first' || path === 'consent-again';

/** Of whose calls the matrix is made. */
export const stories: readonly Story[] = paths.flatMap((path) =>
  kindsOf[path].flatMap((kind) => {
    const story = { path, kind, isAnswerLost: false };
    // Only these speak to the platform of their own accord.
    const isHeard = path !== 'projection' && path !== 'forget' && path !== 'rescue';
    return isHeard ? [story, { ...story, isAnswerLost: true }] : [story];
  }),
);

export function idOf({ path, kind, call, nth, point, trouble }: Cell): string {
  return [path, kind, `${call} #${nth}`, point, trouble].join(' | ');
}

export function storyId({ path, kind, isAnswerLost }: Story): string {
  return [path, kind, isAnswerLost ? 'answer-lost' : 'nothing'].join(' | ');
}

/** Calls of the app's own reconciler, which runs beside: how often they come in between is chance. */
const ofTheApp = /socialapps\/|socialplatforms\/|\[app-app\]/;

/** It changes something, or asks the platform: what a kill there can lose. */
export const isDeed = ({ call }: Pick<Cell, 'call'>): boolean => !/^(?:vault|kubernetes) GET /.test(call);

/**
 * Each call of a story with its number, up to the last one that does something. A read that is repeated stands for its
 * repeats until something is done: nothing has changed in between, and how often it comes is a matter of time.
 */
function numbered(calls: readonly string[]): { call: string; nth: number }[] {
  const last = calls.findLastIndex((call) => isDeed({ call }) && !ofTheApp.test(call));
  const counts = new Map<string, number>();
  const readSinceDeed = new Set<string>();
  return calls.slice(0, last + 1).flatMap((call) => {
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    const isRepeated = readSinceDeed.has(call);
    if (!isDeed({ call })) readSinceDeed.add(call);
    else if (!ofTheApp.test(call)) readSinceDeed.clear();
    const isBeside = ofTheApp.test(call) && (nth > 1 || isDeed({ call }));
    // Written again and again to keep it: only the taking belongs to the path.
    return isBeside || isRepeated || (call === taking && nth > 1) ? [] : [{ call, nth }];
  });
}

/** Every cell of a story, from the calls that its dry run has made. */
export function cellsOf({ path, kind, isAnswerLost }: Story, calls: readonly string[]): Cell[] {
  const beside = troubles.filter((trouble) => (trouble === 'answer-lost') === isAnswerLost);
  // Page and owner work beside each other there: which of them reads a record for the third time is chance.
  const isCounted = (one: { call: string; nth: number }) => !isConsent(path) || isDeed(one) || one.nth === 1;
  return numbered(calls)
    .filter(isCounted)
    .flatMap(({ call, nth }) =>
      points.flatMap((point) => beside.map((trouble) => ({ path, kind, call, nth, point, trouble }))),
    );
}

/** Where most can be lost first. */
const hardest: readonly KindName[] = ['kills-on-replay', 'single-use', 'exchange', 'grace', 'reusable'];

/**
 * The order in which the matrix is played: each call of each path at each point once, with the kind at which most can be
 * lost and a trouble by chance, then all of them with the next, and so on; what changes something before what reads.
 */
export function inOrder(cells: readonly Cell[], seed: number): Cell[] {
  const byKind = shuffled(cells, seed).sort((one, other) => hardest.indexOf(one.kind) - hardest.indexOf(other.kind));
  const rounds = new Map<string, number>();
  const ranked = byKind.map((cell) => {
    // A call of the platform has its host in it: each kind's own is one of its own.
    const place = `${cell.path} | ${cell.call} #${cell.nth} | ${cell.point}`;
    const round = rounds.get(place) ?? 0;
    rounds.set(place, round + 1);
    return { cell, rank: round * 2 + (isDeed(cell) ? 0 : 1) };
  });
  return ranked.sort((one, other) => one.rank - other.rank).map(({ cell }) => cell);
}

/** The same order for the same seed, so that a part of the matrix is a fair sample of it. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed >>> 0;
  const next = () => {
    // Mulberry32: small, and the same on every machine.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return items
    .map((item) => ({ item, at: next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
