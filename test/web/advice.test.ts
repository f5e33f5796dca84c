import { describe, expect, it } from 'vitest';
import { reasons } from '../../src/api/reasons.ts';
import { rejected } from '../../src/api/reasons-rejected.ts';
import type { SocialChannel } from '../../src/api/resources.gen.ts';
import type { PlatformProfile } from '../../src/core/profile.ts';
import { overlaid } from '../../src/platforms/platform.ts';
import { profileOf } from '../../src/platforms/profile.ts';
import { builtInPlatforms } from '../../src/platforms/registry.ts';
import { adviceFor } from '../../src/web/pages/advice.ts';
import { reusable as plain } from '../core/profiles.ts';

const channel = (reason?: string) =>
  ({ spec: {}, ...(reason === undefined ? {} : { status: { reason } }) }) as unknown as SocialChannel;
const textsAbout = ({ advice }: PlatformProfile, about: string) =>
  advice.filter((one) => one.about === about).map(({ text }) => text);

/** One reason of each kind of trouble that a person ends. */
const troubles = [
  ['AccessRevoked', 'Login'],
  ['AccountLocked', 'Account'],
  ['AdminRightsLost', 'Role'],
  ['ScopeMissing', 'Permission'],
] as const;

/** Each platform, and each kind of account of it. */
const profiles = builtInPlatforms.flatMap((platform) => [
  [platform.name, profileOf(platform)] as const,
  ...Object.entries(platform.variants?.kinds ?? {}).map(
    ([kind, spec]) =>
      [`${platform.name} ${kind}`, profileOf({ ...platform, spec: overlaid(platform.spec, spec) })] as const,
  ),
]);

describe.each(profiles)('on %s', (_, own) => {
  it.each(troubles)('a person is first told what to do where the reason is %s', (reason, about) => {
    expect(textsAbout(own, about)).not.toEqual([]);
    expect(textsAbout(own, about)).toContain(adviceFor(own, channel(reason))[0]);
  });

  it('everybody is told which login and which role, nobody the same twice, and in sentences of few words', () => {
    const told = adviceFor(own, channel());
    for (const text of [...textsAbout(own, 'Login'), ...textsAbout(own, 'Role')]) expect(told).toContain(text);
    for (const text of textsAbout(own, 'Account')) expect(told).not.toContain(text);
    expect(new Set(told).size).toBe(told.length);
    for (const { text } of own.advice) expect(text).toMatch(/^[A-Z][^\n]{10,200}\.$/);
  });

  it('says of every scope that it asks for what stops working without it', () => {
    const asked = own.areScopesAsked ? own.defaultScopes : [];
    expect(asked.filter((scope) => (own.scopePurposes[scope] ?? '').length < 5)).toEqual([]);
  });

  it.each(Object.keys(rejected).filter((reason) => reasons[reason as keyof typeof rejected].who === 'Owner'))(
    'has something to say where it is %s',
    (reason) => {
      const [first = ''] = adviceFor(own, channel(reason));
      expect(own.advice.map(({ text }) => text)).toContain(first);
    },
  );
});

it('a platform whose definition says nothing has the advice that follows from its facts', () => {
  const facts = { ...plain, advice: [], isAccountNamed: true, revokeEffect: 'Person' } as const;
  expect(adviceFor(facts, channel())).toHaveLength(4);
  const own = { text: 'Ask Kim for the role.', about: 'Role' } as const;
  const told = adviceFor({ ...facts, advice: [own] }, channel());
  expect([told[0], told.length]).toEqual([own.text, 4]);
});
