import { annotations } from '../api/names.ts';
import type { PersonAction } from '../core/action.ts';
import { awaitedConsent, openDevice, unstaged } from '../core/consent-rules.ts';
import type { EscrowedAnswer } from '../core/escrow.ts';
import { Failure } from '../core/failure.ts';
import type { Effect } from './act.ts';
import type { ActContext } from './context.ts';
import { pollDevice, startDevice } from './device-consent.ts';
import { endPending } from './finish-consent.ts';
import { endInvitation, invite } from './invitations.ts';
import { refOf } from './observe.ts';
import { report } from './report.ts';
import { stageAnswer } from './stage-consent.ts';
import { concludeConsent, discardConsent, verifyConsent } from './verify-consent.ts';

/** The effects of consents and invitations. @throws Failure when one could not be done */
export async function attend(context: ActContext, action: PersonAction): Promise<Effect> {
  const { world, o } = context;
  switch (action.kind) {
    case 'VerifyConsent':
      return { grant: await verifyConsent(context) };
    case 'ConcludeConsent':
      await concludeConsent(context, action.outcome);
      return {};
    case 'DiscardConsent':
      await discardConsent(context);
      return {};
    case 'AdoptConsent':
      await adoptConsent(context, action.escrowed);
      return {};
    case 'EndPending': {
      const consent = unstaged(o.consent) ?? openDevice(o);
      if (consent !== undefined) await endPending(world, refOf(o.channel), consent, action.outcome);
      return {};
    }
    case 'DropHint':
      return await dropHint(context);
    case 'StartDevice':
      await startDevice(context, action.request);
      return {};
    case 'PollDevice':
      await pollDevice(context);
      return {};
    case 'Invite':
      await invite(context, action.request);
      return await told(context);
    case 'EndInvitation':
      await endInvitation(context);
      return await told(context);
  }
}

/**
 * The channel itself changes by it, so that everything is read again. The hint outlives the process: what was to be
 * destroyed when the consent ended, and was not, is destroyed before it goes.
 */
async function dropHint({ world, o }: ActContext): Promise<Effect> {
  const staged = o.consent.state === 'Read' ? o.consent.staged : undefined;
  if (staged?.value !== undefined) await world.consents.tidyStaged(refOf(o.channel), staged.version);
  const { uid = '', resourceVersion } = o.channel.metadata;
  // Of this very version: a consent that came meanwhile has a hint of its own.
  const precondition = resourceVersion === undefined ? { uid } : { uid, resourceVersion };
  try {
    await world.channels.annotate(refOf(o.channel), precondition, { [annotations.consented]: null });
  } catch (error) {
    // Nothing failed: there is something newer to look at.
    if (!(error instanceof Failure && error.reason === 'CasLost')) throw error;
  }
  return { isOver: true };
}

/** Status still says what it said: until it is written the same rule would fire again. */
async function told({ world, o, memory }: ActContext): Promise<Effect> {
  await report(world, { ...o, invitation: memory.invitation });
  return { isOver: true };
}

/** Vault first: only what is stored there may be dropped. */
async function adoptConsent({ world, o }: ActContext, { answer, place }: EscrowedAnswer): Promise<void> {
  const consent = awaitedConsent(o);
  if (consent === undefined || answer === undefined) return;
  await stageAnswer(world, refOf(o.channel), consent, answer);
  world.meter.escrowed(consent.issuedTo.platform, 'Adopted');
  await world.escrow.drop(place);
}
