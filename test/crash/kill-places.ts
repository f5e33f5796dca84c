import type { KillPoint, RequestMatch } from '../harness/fault-rules.ts';

/** What stands behind one of the proxies that the operator talks through. */
export type Server = 'vault' | 'kubernetes' | 'platform';

/** The five windows of design section 6 in which a process can die amid a refresh. */
export type Window =
  | 'before claim'
  | 'between claim and spend'
  | 'between spend and answer'
  | 'between answer and commit'
  | 'between commit and Secret';

/** Where on the wire the operator is killed. */
export interface KillPlace {
  readonly window: Window;
  readonly server: Server;
  readonly at: KillPoint;
  /** Of one channel's request, or of any channel's. */
  readonly match: (channel?: string) => RequestMatch;
}

const record = (channel = '[^/]+') => new RegExp(`/data/.*/channels/[^/]+/${channel}/grant$`);
const claim = (channel?: string) => ({ method: 'POST', path: record(channel), body: /"writeId":"claim-/ });
const commit = (channel?: string) => ({ method: 'POST', path: record(channel), body: /"writeId":"commit-/ });
/** The token endpoints of oidc-provider, Twitch and Google; which channel asks is not to be seen there. */
const spend = () => ({ method: 'POST', path: /\/token$/, body: /grant_type=refresh_token/ });
/** A healthy channel's Secret being brought up to date: its state is the word Connected. */
const update = (channel = '[^/?]+') => ({
  method: 'PATCH',
  path: new RegExp(`/secrets/${channel}-token\\?.*force=true`),
  body: /"state":"Q29ubmVjdGVk"/,
});

/** Vault never sees the claim. */
export const beforeClaim: KillPlace = { window: 'before claim', server: 'vault', at: 'before-forward', match: claim };
/** Vault has the claim, the operator does not know. */
export const claimWritten: KillPlace = {
  window: 'between claim and spend',
  server: 'vault',
  at: 'after-forward',
  match: claim,
};
/** The request has left the operator and reaches nobody. */
export const notForwarded: KillPlace = {
  window: 'between claim and spend',
  server: 'platform',
  at: 'before-forward',
  match: spend,
};
/** The platform has rotated, its answer reaches nobody. */
export const noAnswer: KillPlace = {
  window: 'between spend and answer',
  server: 'platform',
  at: 'after-forward',
  match: spend,
};
/** The operator has the answer, and Vault never sees the commit. */
export const notCommitted: KillPlace = {
  window: 'between answer and commit',
  server: 'vault',
  at: 'before-forward',
  match: commit,
};
/** Vault has the commit, the operator does not know. */
export const commitWritten: KillPlace = {
  window: 'between commit and Secret',
  server: 'vault',
  at: 'after-forward',
  match: commit,
};
/** The API server never sees the new token. */
export const notProjected: KillPlace = {
  window: 'between commit and Secret',
  server: 'kubernetes',
  at: 'before-forward',
  match: update,
};
