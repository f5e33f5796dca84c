import { isReason } from '../api/reasons.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import { Failure } from '../core/failure.ts';
import type { AppFacts, LenderFacts } from '../core/observation.ts';
import { isOfTheAccount } from '../core/rejections.ts';
import type { World } from './ports.ts';

/**
 * The channel whose login this one lives from. Its record is only read here: the lender alone renews it.
 * @throws Failure where Kubernetes or Vault cannot be asked
 */
export async function lenderOf(world: World, channel: SocialChannel, app: AppFacts): Promise<LenderFacts> {
  const name = channel.spec.grantFrom?.name;
  if (name === undefined) return { state: 'None' };
  const ref = { namespace: channel.metadata.namespace ?? '', name };
  const lender = await world.channels.get(ref);
  if (lender === undefined) return unusable(name, 'does not exist');
  if (lender.spec.grantFrom !== undefined) return unusable(name, 'lives from another login itself');
  const grant = await world.grants.load(ref);
  if (grant.state !== 'Present' || grant.record.kind !== 'User') return unusable(name, 'has no login yet');
  if (app.state === 'Ready' && !isSameApp(grant.record.issuedTo, app)) {
    return unusable(name, 'was connected through another app or another host; one login is known to one app only');
  }
  const { state, reason, message = '' } = lender.status ?? {};
  const why = grant.record.verdict?.reason ?? (state === 'NeedsReauth' ? reason : undefined);
  // What is wrong with the lender's own page or channel says nothing of this one: the login is good.
  const needsReauth = why !== undefined && !(isReason(why) && isOfTheAccount(why));
  return { state: 'Ready', name, record: grant.record, needsReauth, message };
}

function isSameApp(
  issuedTo: { readonly clientId: string; readonly tokenOrigin: string },
  { client, platform }: Extract<AppFacts, { state: 'Ready' }>,
): boolean {
  return issuedTo.clientId === client.id && issuedTo.tokenOrigin === platform.tokenOrigin;
}

function unusable(name: string, what: string): LenderFacts {
  const message = `spec.grantFrom: SocialChannel ${name} ${what}. This channel goes on by itself when that changes.`;
  const failure = new Failure('Misconfigured', 'LenderUnusable', message, { source: 'Kubernetes' });
  return { state: 'Unusable', failure };
}
