import type { ChannelSummary, ConsentProgress } from '../../src/core/consent.ts';
import { Failure } from '../../src/core/failure.ts';
import type { PagesParts } from '../../src/web/pages/ports.ts';
import { SignInFailed } from '../../src/web/pages/sign-in.ts';
import {
  channelCard,
  channelPath,
  channelRef,
  condition,
  key,
  needsReauth,
  type PagesStage,
  type people,
  startAt,
} from './pages-stage.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const dana = { name: 'Dana Reyes', email: 'dana@example.com' };
const expected = { id: '141981764', handle: '@mainstage' };
const found = { id: '99887766', handle: '@danaprivate' };
const token = 'a'.repeat(60);

/** One page as a person can meet it: what the world is like, who looks, and where. */
export interface PageState {
  readonly name: string;
  /** Part of the heading, so that no other page is taken for it. */
  readonly heading: string;
  readonly who?: keyof typeof people;
  readonly path?: string;
  /** A consent that this browser began, and what became of it. */
  readonly progress?: ConsentProgress;
  readonly world?: (stage: PagesStage) => void;
  readonly parts?: Partial<PagesParts>;
}

const put =
  (...card: Parameters<typeof channelCard>) =>
  (stage: PagesStage) => {
    stage.cards.set(key(channelRef), channelCard(...card));
  };

const invite = (verdict?: 'Forged' | 'Expired' | 'Used' | 'Replaced') => (stage: PagesStage) => {
  const expiresAt = startAt + dayMs;
  const note = 'Kim of the main stage';
  stage.invitations.set(token, verdict ?? { id: 'i', channel: channelRef, channelUid: 'u', epoch: 1, expiresAt, note });
};

function fleetOf(stage: PagesStage): void {
  const states = ['NeedsReauth', 'Expiring', 'Pending', 'Connected', 'Connected', 'Connected'] as const;
  const owners = ['Dana Reyes', 'Kim Sato', 'Alex Novak', undefined];
  const messages = {
    NeedsReauth: 'Twitch rejected the stored login: the app was disconnected, or the password was changed.',
    Expiring: 'The moment is near at which the platform asks for a person.',
    Pending: 'Waiting for the first connection.',
    Connected: 'The channel is connected and its access token is renewed in time.',
  };
  for (let count = 0; count < 40; count += 1) {
    const state = states[count % states.length] ?? 'Connected';
    const deadlineAt = state === 'Pending' || count % 5 === 4 ? undefined : startAt + ((count * 37) % 100) * dayMs;
    stage.summaries.push({
      ref: { namespace: 'main-stage', name: `stage-${count}-${count % 2 ? 'twitch' : 'youtube'}` },
      platform: count % 2 ? 'twitch' : 'youtube',
      owner: owners[count % owners.length],
      account: state === 'Pending' ? undefined : `@stage${count}`,
      ...{ state, reason: 'Healthy', since: startAt - count * minuteMs, deadlineAt },
      message: messages[state].replace('Twitch', count % 2 ? 'Twitch' : 'YouTube'),
    } satisfies ChannelSummary);
  }
}

const healthy = {
  ...needsReauth,
  state: 'Connected',
  reason: 'Healthy',
  message: 'The channel is connected and its access token is renewed in time.',
  needsReauthSince: undefined,
  accessTokenExpiryTime: '2026-11-25T15:51:00Z',
  conditions: [
    condition('Ready', 'True', 'Connected', 'The channel is connected.', '2026-11-01T10:00:00Z'),
    condition('TokenValid', 'True', 'AccessTokenValid', 'The access token is alive.', '2026-11-01T10:00:00Z'),
  ],
} as unknown as typeof needsReauth;

const away = new Failure('Transient', 'KubernetesUnavailable', 'The Kubernetes API does not answer.', {
  source: 'Kubernetes',
});

const channels: readonly PageState[] = [
  { name: 'channel-needs-reauth', heading: '@mainstage', who: 'dana', path: channelPath, world: put({ owner: dana }) },
  {
    name: 'channel-first-connection',
    heading: 'main-stage-twitch',
    who: 'dana',
    path: channelPath,
    world: put(
      { owner: dana },
      { state: 'Pending', reason: 'NeverConnected', message: 'Waiting for the first connection.' },
    ),
  },
  {
    name: 'channel-expiring',
    heading: '@mainstage',
    who: 'dana',
    path: channelPath,
    world: put({}, {
      ...needsReauth,
      state: 'Expiring',
      reason: 'DeadlineNear',
      message: '',
      needsReauthSince: undefined,
      conditions: healthy.conditions ?? [],
      deadlineTime: '2026-12-01T08:00:00Z',
    } as unknown as typeof needsReauth),
  },
  {
    name: 'channel-connected',
    heading: '@mainstage',
    who: 'dana',
    path: channelPath,
    world: put({ owner: dana }, healthy),
  },
  { name: 'channel-only-looking', heading: '@mainstage', who: 'manager', path: channelPath },
  {
    name: 'channel-of-another-owner',
    heading: '@mainstage',
    who: 'dana',
    path: channelPath,
    world: put({ owner: { name: 'Kim Sato', email: 'kim@example.com' } }),
  },
];

const results: readonly (readonly [string, string, ConsentProgress])[] = [
  ['connected', 'Connected', { kind: 'Connected', account: expected, at: startAt }],
  ['wrong-account', 'This is another account', { kind: 'WrongAccount', expected, found, isRevocable: true }],
  ['wrong-account-kept', 'This is another account', { kind: 'WrongAccount', expected, found, isRevocable: false }],
  [
    'confirm',
    'Is this the right account?',
    { kind: 'AwaitsConfirmation', account: found, until: startAt + 10 * minuteMs },
  ],
  [
    'scopes-missing',
    'Some permissions are missing',
    { kind: 'ScopesMissing', missing: ['channel:manage:broadcast', 'clips:edit'], isStored: false },
  ],
  [
    'scopes-missing-stored',
    'Some permissions are missing',
    { kind: 'ScopesMissing', missing: ['clips:edit'], isStored: true },
  ],
  ['working', 'One moment', { kind: 'Working', message: 'Twitch is asked whose account this is.' }],
  ['failed-kept', 'It did not work this time', { kind: 'Failed', message: 'Vault is sealed.', isKept: true }],
  [
    'failed',
    'It did not work this time',
    { kind: 'Failed', message: 'Twitch answers with an error of its own (503).', isKept: false },
  ],
  ['waiting', 'Waiting for Twitch', { kind: 'Waiting', until: startAt + 8 * minuteMs }],
  ['given-back', 'Given back', { kind: 'Discarded', isRevoked: true }],
  ['thrown-away', 'Thrown away', { kind: 'Discarded', isRevoked: false }],
  ['denied', 'You did not agree', { kind: 'Refused', refusal: 'Denied', message: '' }],
  ['used', 'This link was used already', { kind: 'Refused', refusal: 'Used', message: '' }],
  ['too-old', 'Too late', { kind: 'Refused', refusal: 'Expired', message: '' }],
  ['foreign', 'This answer does not belong to you', { kind: 'Refused', refusal: 'Foreign', message: '' }],
  ['superseded', 'A newer login came first', { kind: 'Refused', refusal: 'Superseded', message: '' }],
];

const notices: readonly PageState[] = [
  { name: 'sign-in', heading: 'Sign in', path: channelPath },
  { name: 'sign-in-none', heading: 'Nobody can sign in here', path: channelPath, parts: { signIn: undefined } },
  {
    name: 'sign-in-failed',
    heading: 'You were not signed in',
    path: '/sign-in/callback?state=x&code=y',
    world: (stage) => {
      stage.signIn.next = new SignInFailed('Denied', 'x');
    },
  },
  { name: 'signed-out', heading: 'Signed out', path: '/signed-out' },
  { name: 'not-allowed', heading: 'Not allowed', who: 'mallory', path: channelPath },
  { name: 'not-found', heading: 'Not found', path: '/nowhere' },
  { name: 'began-nothing', heading: 'This browser began nothing', path: '/callback?code=c&state=abcdefgh12.x' },
  { name: 'wrong-method', heading: 'This does not work like that', path: '/sign-out' },
  {
    name: 'away',
    heading: 'Not at this moment',
    who: 'dana',
    path: channelPath,
    parts: { cards: { get: () => Promise.reject(away), list: () => [] } },
  },
  {
    name: 'failed',
    heading: 'Something went wrong',
    who: 'dana',
    path: channelPath,
    parts: { cards: { get: () => Promise.reject(new Error('x')), list: () => [] } },
  },
  { name: 'invitation', heading: 'You are invited to connect a channel', path: `/i/${token}`, world: invite() },
  { name: 'invitation-used', heading: 'This invitation was used', path: `/i/${token}`, world: invite('Used') },
  { name: 'fleet', heading: 'Channels', who: 'dana', path: '/', world: fleetOf },
  { name: 'fleet-empty', heading: 'Channels', who: 'dana', path: '/' },
  {
    name: 'fleet-filtered',
    heading: 'Channels',
    who: 'dana',
    path: '/?state=NeedsReauth&platform=youtube',
    world: fleetOf,
  },
];

export const pageStates: readonly PageState[] = [
  ...channels,
  ...results.map(([name, heading, progress]) => ({ name: `result-${name}`, heading, who: 'dana' as const, progress })),
  ...notices,
];
