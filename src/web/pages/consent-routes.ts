import type { ConsentProgress, Refusal } from '../../core/consent.ts';
import { Failure } from '../../core/failure.ts';
import type { ChannelRef } from '../../core/grant.ts';
import { maySee } from './access.ts';
import { askToSignIn, goOn, limited, notAllowed, notFound, notSameOrigin, show, tell } from './answers.ts';
import { channelPage, channelTitle } from './channel-page.ts';
import { channelRate, isSameOrigin, type PagesContext } from './guard.ts';
import { RateLimit } from './limits.ts';
import type { PagesParts } from './ports.ts';
import { resultPage, unknownPage } from './result-page.ts';
import { channelPath, isConsentId, resultPath } from './routes.ts';
import {
  type BrowserConsent,
  type BrowserMemory,
  identityOf,
  isSameChannel,
  isSameSecret,
  requesterOf,
  type Session,
} from './session.ts';
import { strings } from './strings.ts';
import { admit, refOf } from './visitors.ts';

/** The channel's page, Continue, and what becomes of it. */
export function consentRoutes(parts: PagesParts, memory: BrowserMemory) {
  const { desk, cards, baseURL, now } = parts;
  const limit = new RateLimit(channelRate, now);

  async function channel(context: PagesContext): Promise<Response> {
    const admitted = await admit(parts, memory, context);
    if (admitted instanceof Response) return admitted;
    const { card, decision, session, invitation } = admitted;
    const by = requesterOf(session);
    const body = channelPage({ card, decision, by, note: invitation?.note, csrf: session.csrf, now: now() });
    return await show(context, session, { title: channelTitle(card.channel), body });
  }

  async function connect(context: PagesContext): Promise<Response> {
    const admitted = await admit(parts, memory, context);
    if (admitted instanceof Response) return admitted;
    const { ref, card, decision, session } = admitted;
    if (!(await isFromOurPage(context, session.csrf))) return await notSameOrigin(context, session);
    if (decision !== 'Allowed' || !card.canConsent) {
      return await notAllowed(context, session, strings.channel.cannot.NotInGroup);
    }
    const waitMs = limit.take(`${ref.namespace}/${ref.name}`);
    if (waitMs > 0) return await limited(context, waitMs);
    return await begin(context, ref, session, card.platform.displayName);
  }

  async function begin(context: PagesContext, ref: ChannelRef, session: Session, place: string): Promise<Response> {
    try {
      const redirectURI = `${baseURL}/callback`;
      const begun = await desk.begin({ channel: ref, by: requesterOf(session), redirectURI });
      const { id, browserSecret, temporaryTokenHash } = begun;
      await memory.pruneConsents(context);
      const own = { csrf: parts.secret(), by: identityOf(session), begunAt: now() };
      await memory.writeConsent(context, { channel: ref, id, browserSecret, temporaryTokenHash, ...own });
      return await goOn(context, session, place, begun.url);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { title, text } = strings.notBegun;
      return await tell(context, session, { title, text: `${text} ${error.message}` }, 503);
    }
  }

  /** What the desk says of a consent that this browser began; an answer of a moment ago goes before. */
  async function result(context: PagesContext): Promise<Response> {
    const [ref, id] = [refOf(context), context.req.param('id') ?? ''];
    const session = await memory.session(context);
    if (ref === undefined || !isConsentId(id)) return await notFound(context, session);
    const consent = await ownConsent(context, session, ref, id);
    if (consent === undefined) {
      if (session === undefined) return await askToSignIn(context, channelPath(ref), parts.signIn?.host);
      if (session.kind === 'Invited') return await notAllowed(context, session, strings.notAllowed.invited);
      if (!maySee(parts.access, session.person, ref.namespace)) {
        return await notAllowed(context, session, strings.notAllowed.text(session.person.name, ref.namespace));
      }
    }
    const looked = await Promise.all([desk.progress(ref, id), cards.get(ref)]).catch(failureOnly);
    if (looked instanceof Failure) return await show(context, session, unknownPage(ref, id, looked), 503);
    const [known, card] = looked;
    const progress = withAnswer(known, context.req.query('answer'));
    return await show(context, session, resultPage({ ref, id, progress, card, csrf: consent?.csrf, now: now() }));
  }

  async function decide(context: PagesContext, what: 'confirm' | 'discard'): Promise<Response> {
    const [ref, id] = [refOf(context), context.req.param('id') ?? ''];
    const session = await memory.session(context);
    if (ref === undefined || !isConsentId(id)) return await notFound(context, session);
    const consent = await ownConsent(context, session, ref, id);
    if (consent === undefined || !(await isFromOurPage(context, consent.csrf))) {
      return await notSameOrigin(context, session);
    }
    const progress = await desk[what](ref, id, consent.browserSecret);
    return await answered(context, consent, progress);
  }

  /** Code and state are looked at by the desk alone; the browser's next address holds neither. */
  async function callback(context: PagesContext, answer: Readonly<Record<string, string>>): Promise<Response> {
    const session = await memory.session(context);
    const consent = await answeredConsent(context, answer);
    if (consent === undefined) return context.redirect('/callback/unknown', 303);
    const { id } = consent;
    if (session !== undefined && identityOf(session) !== consent.by) {
      return context.redirect(`${resultPath(consent.channel, id)}?answer=Foreign`, 303);
    }
    const { channel: ref, browserSecret } = consent;
    const progress = await desk.finish({ channel: ref, id, callback: answer, browserSecret });
    return await answered(context, consent, progress);
  }

  /** By its state; in OAuth 1.0a, which has none, by the temporary token. */
  async function answeredConsent(
    context: PagesContext,
    { state, oauth_token, denied }: Readonly<Record<string, string>>,
  ) {
    const token = oauth_token ?? denied;
    if (state === undefined) return token === undefined ? undefined : await memory.consentOf(context, token);
    const [id = ''] = state.split('.');
    return isConsentId(id) ? await memory.consent(context, id) : undefined;
  }

  async function answered(context: PagesContext, consent: BrowserConsent, progress: ConsentProgress) {
    // Once more for ten minutes: what the result page asks has to be answered by the same browser.
    await memory.writeConsent(context, consent);
    const answer = progress.kind === 'Refused' ? `?answer=${progress.refusal}` : '';
    return context.redirect(`${resultPath(consent.channel, consent.id)}${answer}`, 303);
  }

  /** Of this browser, and of the person who sits there now. */
  async function ownConsent(context: PagesContext, session: Session | undefined, ref: ChannelRef, id: string) {
    const consent = await memory.consent(context, id);
    if (consent === undefined || !isSameChannel(consent.channel, ref)) return undefined;
    return session === undefined || identityOf(session) === consent.by ? consent : undefined;
  }

  async function isFromOurPage(context: PagesContext, csrf: string): Promise<boolean> {
    const fields = await context.req.parseBody();
    return isSameOrigin(context, baseURL) && typeof fields.csrf === 'string' && isSameSecret(csrf, fields.csrf);
  }

  return { channel, connect, result, decide, callback };
}

/** Vault or Kubernetes is away: that says nothing of the consent. */
function failureOnly(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}

function isRefusal(word: string | undefined): word is Refusal {
  return word !== undefined && Object.hasOwn(strings.refusals, word);
}

/** The answer counts where the consent itself has nothing better to tell: a replayed callback ends nothing. */
function withAnswer(known: ConsentProgress, answer: string | undefined): ConsentProgress {
  const isSilent = known.kind === 'Waiting' || (known.kind === 'Refused' && known.refusal === 'Unknown');
  const isNews = known.kind !== 'Refused' || known.refusal !== answer;
  return isSilent && isNews && isRefusal(answer) ? { kind: 'Refused', refusal: answer, message: '' } : known;
}
