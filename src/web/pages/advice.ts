import type { SocialChannel } from '../../api/resources.gen.ts';
import type { PlatformProfile } from '../../core/profile.ts';
import { strings } from './strings.ts';

/** What a person does first on this platform, one sentence each, from what the operator knows of the platform. */
export function adviceFor(profile: PlatformProfile, { spec, status }: SocialChannel): readonly string[] {
  const { advice } = strings;
  const account = status?.account?.handle ?? spec.account?.handle ?? spec.account?.id ?? strings.advice.theAccount;
  const platform = profile.displayName;
  return [
    ...(profile.isAccountNamed ? [advice.role(platform, account), advice.pick(platform, account)] : []),
    ...(profile.areScopesAsked ? [advice.allScopes] : []),
    ...(profile.revokeEffect === 'Person' ? [advice.onePerson(platform)] : []),
  ];
}
