import type { SocialChannelStatus } from '../api/resources.gen.ts';

/** Where notices go. */
export type NoticeSink = 'Webhook' | 'Mail';
/** A deadline comes near, a person is needed, and all is well again. */
export type NoticeKind = 'Expiring' | 'NeedsReauth' | 'Recovered';

/** What people and their tools are told of one channel; holds no secret. Instants are epoch milliseconds. */
export interface Notice {
  /** The same at every attempt and on every replica, so that a receiver can drop what it has. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly at: number;
  readonly channel: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly app: string;
  /** For people; the id of the platform where its app cannot be used. */
  readonly platform: string;
  readonly account?: { readonly id: string; readonly handle: string } | undefined;
  readonly owner?: { readonly name: string; readonly email?: string | undefined } | undefined;
  readonly reason: string;
  readonly why: string;
  /** What to do, one sentence; nothing after a recovery. */
  readonly remedy?: string | undefined;
  readonly since?: number | undefined;
  /** When automation comes to its end. */
  readonly deadlineAt?: number | undefined;
  /** `Works`: pods have a living access token, until then where it has an end. */
  readonly token: { readonly works: boolean; readonly until?: number | undefined };
  readonly reconnectURL?: string | undefined;
}

/** The last notice of a channel that a sink took, as its status remembers it. */
export type Told = NonNullable<SocialChannelStatus['notices']>[number];

/** The memory with what was sent since in it; undefined where nothing was ever told. */
export function toldWith(told: readonly Told[] | undefined, sent: readonly Told[]): Told[] | undefined {
  const kept = (told ?? []).filter(({ sink }) => !sent.some((one) => one.sink === sink));
  const all = [...kept, ...sent].sort((a, b) => (a.sink < b.sink ? -1 : 1));
  return all.length === 0 ? undefined : all;
}

/** Whether a channel of which only state and memory are known may owe a notice, so that a restart has to look. */
export function mayOweNotice(
  state: string,
  told: readonly Pick<Told, 'sink' | 'kind'>[],
  sinks: readonly NoticeSink[],
): boolean {
  return sinks.some((sink) => {
    const last = told.find((one) => one.sink === sink)?.kind;
    const shows = last === undefined || last === 'Recovered' ? 'Connected' : last;
    return state !== 'Pending' && state !== shows;
  });
}
