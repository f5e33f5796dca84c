import { describe, expect, it } from 'vitest';
import { sampleChannel, sampleChannels } from '../../scripts/cli-samples.ts';
import type { SocialChannel } from '../../src/api/resources.gen.ts';
import { isPersonNeeded } from '../../src/cli/people.ts';
import { statusText } from '../../src/cli/status-table.ts';
import { byUrgency } from '../../src/cli/urgency.ts';
import { ago, ahead, day, look, minute, named } from './look.ts';

const narrow = { isWide: false, withNamespace: false };
const rows = (text: string) => text.split('\n\n')[0]?.split('\n').slice(1) ?? [];

describe('urgency', () => {
  it('puts first what hurts most, and of those what ends soonest', () => {
    const expiring = (name: string, days: number) =>
      sampleChannel(
        name,
        { ready: 'True' },
        { state: 'Expiring', reason: 'DeadlineNear', deadlineTime: ahead(days * day) },
      );
    const more = [expiring('in-six', 6), expiring('in-two', 2), expiring('also-in-two', 2)];
    const order = byUrgency([...sampleChannels, ...more]).map(({ metadata }) => metadata.name);
    expect(order).toEqual([
      'main-stage-twitch',
      'backup-youtube',
      'also-in-two',
      'in-two',
      'press-linkedin',
      'in-six',
      'clips-tiktok',
      'archive',
      'second-stage',
    ]);
  });

  it('does not lose a channel that the operator never looked at', () => {
    const { status: _, ...unseen } = sampleChannel('unseen', { ready: 'True' }, {});
    expect(rows(statusText([unseen], narrow, look()))).toEqual(['unseen  Pending']);
  });
});

describe('whether a person is needed', () => {
  it.each<[string, Partial<NonNullable<SocialChannel['status']>>, boolean]>([
    ['a lost login', { state: 'NeedsReauth', reason: 'AccessRevoked' }, true],
    ['a word of a newer operator', { state: 'NeedsReauth', reason: 'NewWord' as never }, true],
    ['a near deadline', { state: 'Expiring', reason: 'DeadlineNear' }, true],
    ['a fault of the app', { state: 'Connected', reason: 'AppSecretInvalid' }, true],
    ['a first connection', { state: 'Pending', reason: 'NeverConnected' }, true],
    ['health', { state: 'Connected', reason: 'Healthy' }, false],
    ['short lives, which are only worth knowing', { state: 'Connected', reason: 'LifetimeBelowFloor' }, false],
    ['an outage', { state: 'Connected', reason: 'PlatformUnavailable' }, false],
    ['renewals that fail', { state: 'Expiring', reason: 'RefreshFailing' }, false],
    ['rejections that nobody believes yet', { state: 'Expiring', reason: 'RejectionsHeld' }, false],
    ['a bug of ours', { state: 'Connected', reason: 'Unexpected' }, false],
  ])('%s', (_, status, expected) => {
    expect(isPersonNeeded(sampleChannel('one', { ready: 'True' }, status))).toBe(expected);
  });
});

describe('the table', () => {
  it('fits 100 columns, with namespaces too', () => {
    for (const withNamespace of [false, true]) {
      const [table = ''] = statusText(sampleChannels, { isWide: false, withNamespace }, look()).split('\n\n');
      expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    }
  });

  it('colours the state alone', () => {
    const [first = ''] = rows(statusText(sampleChannels, narrow, look({ paint: named })));
    expect(first).toMatch(/^main-stage-twitch {2}<bad>NeedsReauth<\/> {2}AccessRevoked /);
  });

  it.each<[string, Partial<NonNullable<SocialChannel['status']>>, Parameters<typeof sampleChannel>[1], string]>([
    ['a living token', { accessTokenExpiryTime: ahead(231 * minute) }, { ready: 'True' }, '3h51m'],
    ['a token without an end', {}, { ready: 'True' }, 'no end'],
    ['an ended token', { accessTokenExpiryTime: ago(minute) }, { ready: 'True' }, 'ended'],
    [
      'a refused token',
      { accessTokenExpiryTime: ahead(day) },
      { ready: 'False', token: ['False', 'AccessTokenRefused'] },
      'refused',
    ],
    [
      "another account's token",
      { accessTokenExpiryTime: ahead(day) },
      { ready: 'False', token: ['False', 'WrongAccount'] },
      'unusable',
    ],
  ])('says of %s what pods have', (_, status, facts, cell) => {
    const text = statusText(
      [sampleChannel('one', facts, { state: 'Connected', reason: 'Healthy', ...status })],
      narrow,
      look(),
    );
    expect(rows(text)).toEqual([`one   Connected  Healthy  ${cell}`]);
  });

  it('sums up, and names the first story to read', () => {
    const text = statusText(sampleChannels, { isWide: false, withNamespace: true }, look());
    expect(text).toContain(
      "4 of 6 channels need a person. The first one's story: kubectl socialchannel describe -n main-stage main-stage-twitch\n",
    );
  });

  it('has owners, Secrets and messages where it may be wider', () => {
    const text = statusText(sampleChannels, { isWide: true, withNamespace: false }, look());
    expect(text.split('\n')[0]).toMatch(/PLATFORM +ACCOUNT +OWNER +SECRET +NEXT REFRESH +MESSAGE$/);
    expect(text).toContain('Second Stage       Alice Moreau <alice@example.com>  second-stage-token');
  });
});
