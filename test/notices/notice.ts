import type { Notice } from '../../src/core/notice.ts';

export const at = Date.parse('2026-11-25T21:42:00Z');

/** A notice of a rejected login; `of` says what is different. */
export function notice(of: Partial<Notice> = {}): Notice {
  return {
    id: 'uid-1-needsreauth-1795000000000',
    kind: 'NeedsReauth',
    at,
    channel: { namespace: 'main-stage', name: 'main-stage-twitch', uid: 'uid-1' },
    app: 'main-stage/twitch',
    platform: 'Twitch',
    account: { id: '141981764', handle: 'mainstage' },
    owner: { name: 'Dana Reyes', email: 'dana@example.com' },
    reason: 'AccessRevoked',
    why: 'Twitch rejected the stored login: the app was disconnected in the settings of mainstage, or the password was changed.',
    remedy: 'Dana Reyes has to connect the channel again.',
    since: at,
    token: { works: true, until: at + 2 * 3_600_000 },
    reconnectURL: 'https://connect.example.com/c/main-stage/main-stage-twitch',
    ...of,
  };
}

export const expiring = (of: Partial<Notice> = {}): Notice =>
  notice({
    id: 'uid-2-expiring-1795000000000',
    kind: 'Expiring',
    channel: { namespace: 'main-stage', name: 'main-stage-facebook', uid: 'uid-2' },
    platform: 'Facebook',
    account: { id: '100200300', handle: 'Main Stage' },
    reason: 'DeadlineNear',
    why: 'The moment is near at which Facebook asks for a person.',
    remedy: 'Dana Reyes should connect the channel again before it; until then everything works.',
    deadlineAt: at + 7 * 86_400_000,
    token: { works: true },
    ...of,
  });

export const recovered = (of: Partial<Notice> = {}): Notice =>
  notice({
    id: 'uid-3-recovered-1795000000000',
    kind: 'Recovered',
    channel: { namespace: 'main-stage', name: 'main-stage-youtube', uid: 'uid-3' },
    platform: 'YouTube',
    account: { id: 'UC123', handle: '@mainstage' },
    reason: 'Healthy',
    why: 'The channel is connected again.',
    remedy: undefined,
    since: undefined,
    reconnectURL: undefined,
    ...of,
  });
