import type { rejected } from '../../api/reasons-rejected.ts';
import type { SocialChannel } from '../../api/resources.gen.ts';
import type { PlatformProfile } from '../../core/profile.ts';
import { strings } from './strings.ts';

type About = PlatformProfile['advice'][number]['about'];

/** What a person has to look at first where a login was lost for this reason; all others are about the login itself. */
const troubles: Readonly<Partial<Record<keyof typeof rejected, About>>> = {
  AccountLocked: 'Account',
  AccountUnconfirmed: 'Account',
  AccountSuspended: 'Account',
  AccountDeleted: 'Account',
  AccountTypeChanged: 'Account',
  DeviceInvalidated: 'Account',
  NoChannel: 'Account',
  PageUnavailable: 'Account',
  PageUnlinked: 'Account',
  AdminRightsLost: 'Role',
  AdminPolicyBlocked: 'Role',
  ScopeMissing: 'Permission',
  ScopeChanged: 'Permission',
};

/**
 * What a person does first on this platform, one sentence each: what the platform's own definition advises, and what
 * follows from the facts of it. First comes what is about the trouble that the channel has.
 */
export function adviceFor(profile: PlatformProfile, { spec, status }: SocialChannel): readonly string[] {
  const account = status?.account?.handle ?? spec.account?.handle ?? spec.account?.id ?? strings.advice.theAccount;
  const trouble = troubles[status?.reason as keyof typeof troubles] ?? 'Login';
  const own = profile.advice.filter(({ about }) => about !== 'Account' || trouble === 'Account');
  const isFirst = ({ about }: (typeof own)[number]) => about === trouble;
  return [...own.filter(isFirst), ...own.filter((one) => !isFirst(one))]
    .map(({ text }) => text)
    .concat(factsOf(profile, account));
}

/** Of what the platform's own definition says itself nothing is said twice. */
function factsOf(profile: PlatformProfile, account: string): readonly string[] {
  const { advice } = strings;
  const platform = profile.displayName;
  const isSilent = (about: About) => !profile.advice.some((one) => one.about === about);
  return [
    ...(profile.isAccountNamed && isSilent('Role') ? [advice.role(platform, account)] : []),
    ...(profile.isAccountNamed && isSilent('Permission') ? [advice.pick(platform, account)] : []),
    ...(profile.areScopesAsked && isSilent('Permission') ? [advice.allScopes] : []),
    ...(profile.revokeEffect === 'Person' ? [advice.onePerson(platform)] : []),
  ];
}
