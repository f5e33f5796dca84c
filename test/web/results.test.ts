import { beforeEach, describe, expect, it } from 'vitest';
import type { ConsentProgress, Refusal } from '../../src/core/consent.ts';
import { Failure } from '../../src/core/failure.ts';
import { channelPath, PagesStage, startAt } from './pages-stage.ts';

let stage: PagesStage;
beforeEach(() => {
  stage = new PagesStage();
});

async function shown(outcome: ConsentProgress) {
  stage.desk.outcome = outcome;
  const { browser, state, id } = await stage.continued();
  const page = await browser.open(`/callback?code=c&state=${state}`);
  return { page, result: `${channelPath}/result/${id}` };
}

const expected = { id: '141981764', handle: '@mainstage' };
const found = { id: '99', handle: '@danaprivate' };

/** What each ending of a consent says, and the buttons and the way on that it has. */
const rows: [ConsentProgress, readonly string[], readonly string[], number?][] = [
  [
    { kind: 'Connected', account: expected, at: startAt },
    ['main-stage-twitch is connected', '@mainstage', '25 Nov 2026, 12:00 UTC', 'Twitch'],
    [],
  ],
  [
    { kind: 'Working', message: 'Twitch is asked whose login it is.' },
    ['has arrived', 'Twitch is asked whose login it is.'],
    [],
    2,
  ],
  [
    { kind: 'Waiting', until: startAt + 60_000 },
    ['Waiting for Twitch', 'can be finished until 25 Nov 2026, 12:01 UTC (in 1 minute)'],
    [],
  ],
  [
    { kind: 'Failed', message: 'Vault is sealed.', isKept: true },
    ['Vault is sealed.', 'Your consent is kept safe', 'need not do it again'],
    [],
    10,
  ],
  [
    { kind: 'Failed', message: 'Twitch answers with an error of its own.', isKept: false },
    ['an error of its own', 'Nothing was changed here. Please try again'],
    [],
  ],
  [
    { kind: 'AwaitsConfirmation', account: found, until: startAt + 600_000 },
    [
      'Is this the right account?',
      '@danaprivate',
      'id 99',
      'Yes, connect @danaprivate',
      'No, give it back',
      'Nothing is connected yet',
    ],
    ['confirm', 'discard'],
  ],
  [
    { kind: 'WrongAccount', expected, found, isRevocable: true },
    [
      'This channel belongs to @mainstage id 141981764 You came back as @danaprivate id 99',
      'Nothing was changed',
      'Open Twitch in this browser and log out there.',
      'Log in to Twitch again, as @mainstage.',
      'Give back what I just granted',
    ],
    ['discard'],
  ],
  [
    { kind: 'WrongAccount', expected, found: { id: '99' }, isRevocable: false },
    ['no name told', 'id 99', 'cannot be given back from here without ending another connection'],
    [],
  ],
  [
    { kind: 'ScopesMissing', missing: ['channel:manage:broadcast', 'clips:edit'], isStored: false },
    [
      'Some permissions are missing',
      'Nothing was changed: the channel keeps the login that it had',
      'channel:manage:broadcast cutting clips clips:edit',
      'leave every permission switched on',
    ],
    [],
  ],
  [
    { kind: 'ScopesMissing', missing: ['clips:edit'], isStored: true },
    ['is connected with what you gave', 'had ended the earlier login'],
    [],
  ],
  [{ kind: 'Discarded', isRevoked: true }, ['Given back', 'given back to the platform'], []],
  [{ kind: 'Discarded', isRevoked: false }, ['Thrown away', 'The platform still lists the app'], []],
  ...refusals({
    Unknown: 'This link is not known',
    Expired: 'Too late',
    Used: 'This link was used already',
    Foreign: 'This answer does not belong to you',
    Superseded: 'A newer login came first',
    Denied: 'You did not agree',
    Changed: 'The channel was changed',
  }),
];

function refusals(words: Record<Refusal, string>): typeof rows {
  return Object.entries(words).map(([refusal, told]) => [
    { kind: 'Refused', refusal: refusal as Refusal, message: 'The desk says more.' },
    [told, 'The desk says more.'],
    [],
  ]);
}

describe('the result page', () => {
  it.each(rows)('tells what became of it: %j', async (progress, words, buttons, refreshSeconds) => {
    const { page, result } = await shown(progress);
    expect(page.status).toBe(200);
    for (const part of words) expect(page.text).toContain(part);
    const actions = [...page.html.matchAll(/method="post" action="([^"]+)"/g)].map(([, action]) => action);
    expect(actions).toEqual(['/sign-out', ...buttons.map((what) => `${result}/${what}`)]);
    // With its own address: on one that ends in a fragment, as some platforms leave it, a browser would only scroll.
    const refresh = /http-equiv="refresh" content="([^"]*)"/.exec(page.html)?.[1];
    expect(refresh).toBe(refreshSeconds && `${refreshSeconds};url=${result}`);
    expect(Buffer.byteLength(page.html)).toBeLessThan(50 * 1024);
  });

  it('says that nobody can tell while Vault is away, and asks again', async () => {
    const { browser, id, state } = await stage.continued();
    stage.desk.progress = () =>
      Promise.reject(new Failure('Transient', 'VaultUnavailable', 'Vault is sealed.', { source: 'Vault' }));
    const page = await browser.open(`/callback?code=c&state=${state}`);
    expect([page.status, page.text]).toEqual([
      503,
      expect.stringContaining('Nothing is lost by waiting. Vault is sealed.'),
    ]);
    expect(page.html).toContain(`content="5;url=${channelPath}/result/${id}"`);
    expect(stage.errors).toEqual([]);
  });

  it('says that something does not answer, where that is so, and calls nothing else a fault of the page', async () => {
    const { browser } = await stage.continued();
    stage.cards.get = () => {
      throw new Failure('Transient', 'KubernetesUnavailable', 'The Kubernetes API does not answer.', {
        source: 'Kubernetes',
      });
    };
    const page = await browser.open(channelPath);
    expect([page.status, page.text]).toEqual([503, expect.stringContaining('The Kubernetes API does not answer.')]);
    expect(stage.errors).toEqual([]);
  });

  it('knows every ending that the desk has', () => {
    const kinds: Record<ConsentProgress['kind'], true> = {
      Refused: true,
      Waiting: true,
      Working: true,
      Failed: true,
      AwaitsConfirmation: true,
      WrongAccount: true,
      ScopesMissing: true,
      Discarded: true,
      Connected: true,
    };
    expect(new Set(rows.map(([{ kind }]) => kind))).toEqual(new Set(Object.keys(kinds)));
  });

  it('says of a consent without an answer that it was refused only by words of its own', async () => {
    const { browser, id } = await stage.continued();
    const page = await browser.open(`${channelPath}/result/${id}?answer=<b>call+0900</b>`);
    expect(page.text).toContain('Waiting for Twitch');
    expect(page.text).not.toContain('0900');
  });
});
