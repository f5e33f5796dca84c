import { annotations } from '../api/names.ts';
import { type Reason, remedy } from '../api/reasons.ts';
import { channelPage } from './consent.ts';
import { formatInstant } from './instant.ts';
import type { Observation } from './observation.ts';
import { isOfTheAccount } from './rejections.ts';

function ownerOf({ channel: { spec } }: Observation): string | undefined {
  const { owner } = spec;
  return owner && owner.name + (owner.email === undefined ? '' : ` <${owner.email}>`);
}

/** The page where this channel, or the one whose login it uses, is connected; undefined while there are no pages. */
export function reconnectURL({ channel, pagesURL }: Observation): string | undefined {
  const { metadata, spec } = channel;
  if (pagesURL === undefined || spec.grantType === 'App') return undefined;
  return channelPage(pagesURL, { namespace: metadata.namespace ?? '', name: spec.grantFrom?.name ?? metadata.name });
}

/** Who has to give a new login, and how. */
export function howToReconnect(o: Observation): string {
  const { grantFrom } = o.channel.spec;
  const page = reconnectURL(o);
  if (page !== undefined) {
    const which = grantFrom === undefined ? 'it' : `SocialChannel ${grantFrom.name}, whose login this one uses,`;
    return ` ${ownerOf(o) ?? 'The owner of the account'} can connect ${which} at ${page}`;
  }
  const what = grantFrom === undefined ? 'it' : `SocialChannel ${grantFrom.name}, whose login this one uses`;
  return ` ${ownerOf(o) ?? 'The owner of the account'} has to connect ${what}: put the new tokens into a Secret labelled socialops.dev/use: "true" and name it in spec.bootstrap.secretRef.`;
}

/** What is mended at the platform needs no new login; a permission does. Undefined where only a new login helps. */
export function remedyOf(o: Observation, reason: Reason): string | undefined {
  if (!isOfTheAccount(reason) || reason === 'ScopeMissing') return undefined;
  const platform = o.app.state === 'Ready' ? o.app.platform.profile.displayName : undefined;
  const account = o.grant.state === 'Present' ? o.grant.record.account?.handle : undefined;
  const again = `The platform is asked again by itself, and at once when the annotation ${annotations.refresh} changes.`;
  return ` ${remedy(reason, { platform, account, owner: ownerOf(o) })} ${again}`;
}

/** What the platform says of this login it says of many: nobody is asked yet. */
export function heldMessage({ wave, app }: Observation): string {
  const { scope, since, rejected, of } = wave ?? { scope: 'App', since: 0, rejected: 0, of: 0 };
  const name = app.state === 'Ready' ? app.platform.profile.displayName : 'The platform';
  const whose = scope === 'App' ? 'of its app' : 'at this platform';
  return `${name} rejected this login, and in all ${rejected} of ${of} channels ${whose} since ${formatInstant(since)}: that looks like a fault of its own or of the app, so nobody is asked yet. It is found out by one channel at a time.`;
}
