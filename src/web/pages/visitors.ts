import type { ChannelCard, Invitation } from '../../core/consent.ts';
import type { ChannelRef } from '../../core/grant.ts';
import { type ConnectDecision, mayConnect, maySee } from './access.ts';
import { askToSignIn, notAllowed, notFound } from './answers.ts';
import type { PagesContext } from './guard.ts';
import { badInvitation } from './invitation-routes.ts';
import type { PagesParts } from './ports.ts';
import { channelPath, isName } from './routes.ts';
import { type BrowserMemory, isSameChannel, type Session } from './session.ts';
import { strings } from './strings.ts';

/** Somebody who may look at this channel, and whether they may connect it. */
export interface Admitted {
  readonly ref: ChannelRef;
  readonly card: ChannelCard;
  readonly session: Session;
  readonly decision: ConnectDecision;
  readonly invitation?: Invitation | undefined;
}

export function refOf(context: PagesContext): ChannelRef | undefined {
  const [namespace = '', name = ''] = [context.req.param('namespace'), context.req.param('channel')];
  return isName(namespace) && isName(name) ? { namespace, name } : undefined;
}

/** Lets somebody in to a channel's page, or answers the page that says why not. */
export async function admit(
  parts: PagesParts,
  memory: BrowserMemory,
  context: PagesContext,
): Promise<Admitted | Response> {
  const ref = refOf(context);
  const session = await memory.session(context);
  if (ref === undefined) return await notFound(context, session);
  if (session === undefined) return await askToSignIn(context, channelPath(ref), parts.signIn?.host);
  const admitted = session.kind === 'Invited' ? await byInvitation(parts, context, session, ref) : undefined;
  if (admitted instanceof Response) return admitted;
  // Before the look at the channel: who may not see it does not learn whether it exists.
  if (session.kind === 'SignedIn' && !maySee(parts.access, session.person, ref.namespace)) {
    return await notAllowed(context, session, strings.notAllowed.text(session.person.name, ref.namespace));
  }
  const card = await parts.cards.get(ref);
  if (card === undefined) return await notFound(context, session);
  const decision = session.kind === 'Invited' ? 'Allowed' : mayConnect(parts.access, session.person, card.channel);
  return { ref, card, session, decision, invitation: admitted };
}

/** An invitation is asked for anew each time: a newer one, its use and a change of the channel end it at once. */
async function byInvitation(
  { invitations }: PagesParts,
  context: PagesContext,
  session: Extract<Session, { kind: 'Invited' }>,
  ref: ChannelRef,
): Promise<Invitation | Response> {
  if (!isSameChannel(session.channel, ref)) return await notAllowed(context, session, strings.notAllowed.invited);
  const verdict = (await invitations?.check(session.token)) ?? 'Forged';
  if (typeof verdict === 'string') return await badInvitation(context, verdict);
  const isStillFor = isSameChannel(verdict.channel, ref);
  return isStillFor ? verdict : await notAllowed(context, session, strings.notAllowed.invited);
}
