import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line of bench/results/*.jsonl. */
export type Result = Measured & {
  readonly at: string;
  /** With a plus sign when the source was changed since. */
  readonly commit: string;
  readonly cores: number;
  readonly node: string;
  /** Fewer channels and rounds: for trying out, not for the docs. */
  readonly isQuick: boolean;
};

export type Measured = PipelineResult | IdleResult;

/** Requests of one refresh, as proxies before the servers counted them, by `<server> <method> <what>`. */
export type RequestCounts = Readonly<Record<string, number>>;

export interface PipelineResult {
  readonly kind: 'pipeline';
  /** `Rotating`: single-use refresh tokens of a public client; `Reusable`: one that stays. */
  readonly tokens: 'Rotating' | 'Reusable';
  readonly channels: number;
  readonly workers: number;
  readonly rounds: readonly Round[];
  readonly requests: { readonly operator: RequestCounts; readonly bare: RequestCounts; readonly least: RequestCounts };
}

/** Refreshes per second. */
export interface Round {
  readonly operator: number;
  /** The same calls as the operator's, in the same order. */
  readonly bare: number;
  /** Only what the protocol cannot do without: read, claim, token, commit, Secret, status; in the first round. */
  readonly least?: number;
  /** CPU milliseconds of the process per refresh, its start included. */
  readonly operatorCpuMs: number;
  readonly bareCpuMs: number;
}

export interface IdleResult {
  readonly kind: 'idle';
  readonly channels: number;
  /** `Server`: all channels are in a real API server. `Stub`: bench puts them into the lists that it passes on. */
  readonly source: 'Server' | 'Stub';
  readonly readyMs: number;
  /** Resident memory, MiB: at rest after the start, at rest after the scrapes and events, and the most there ever was. */
  readonly residentMiB: { readonly idle: number; readonly after: number; readonly peak: number };
  /** `wireBytes`: compressed, as Prometheus asks for it; absent in measurements before that could be asked for. */
  readonly scrape: { readonly bytes: number; readonly wireBytes?: number; readonly ms: number };
  /** An edit of one channel's spec until its status is written. */
  readonly edit: EventCost;
  /** A refresh of one channel that somebody asked for, until its status is written. */
  readonly refresh: EventCost;
}

export interface EventCost {
  readonly ms: number;
  /** CPU time of the operator alone: other people's load on the machine hardly shows in it. */
  readonly cpuMs: number;
}

/** The lines of one kind, oldest first; none where nothing was measured yet. */
export function readResults<K extends Measured['kind']>(folder: string, kind: K): Extract<Result, { kind: K }>[] {
  let text = '';
  try {
    text = readFileSync(join(folder, `${kind}.jsonl`), 'utf8');
  } catch {
    return [];
  }
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Extract<Result, { kind: K }>);
}

/** The results of the newest run that is not a quick one. */
export function newestRun<R extends Pick<Result, 'at' | 'isQuick'>>(results: readonly R[]): R[] {
  const full = results.filter(({ isQuick }) => !isQuick);
  const newest = full
    .map(({ at }) => at)
    .sort()
    .at(-1);
  return full.filter(({ at }) => at === newest);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
