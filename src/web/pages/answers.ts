import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { PagesContext } from './guard.ts';
import { type Frame, type Html, layout, postForm } from './layout.ts';
import { requesterOf, type Session } from './session.ts';
import { strings } from './strings.ts';

type Shown = Omit<Frame, 'requestId' | 'visitor' | 'csrf'>;

/** One page, with who is looking at its top. */
export function show(
  context: PagesContext,
  session: Session | undefined,
  frame: Shown,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  const visitor = session && { kind: requesterOf(session).kind, name: nameOf(session) };
  return context.html(layout({ ...frame, visitor, csrf: session?.csrf, requestId: context.get('requestId') }), status);
}

export function nameOf(session: Session): string {
  return session.kind === 'SignedIn' ? session.person.name : strings.invitedVisitor;
}

interface Notice {
  readonly title: string;
  readonly text: string;
}

/** A page that says one thing, and perhaps what to do. */
export function tell(
  context: PagesContext,
  session: Session | undefined,
  { title, text }: Notice,
  status: ContentfulStatusCode,
  more: Html = html``,
): Response | Promise<Response> {
  return show(context, session, { title, body: html`<p class="lead">${text}</p>${more}` }, status);
}

/** Nothing was found: the same whether it never was, is gone, or is not for this person to know. */
export function notFound(context: PagesContext, session: Session | undefined): Response | Promise<Response> {
  return tell(context, session, strings.notFound, 404);
}

export function notAllowed(context: PagesContext, session: Session, text: string): Response | Promise<Response> {
  const how = html`<p>${strings.notAllowed.how}</p>`;
  return tell(context, session, { title: strings.notAllowed.title, text }, 403, how);
}

export function notSameOrigin(context: PagesContext, session: Session | undefined): Response | Promise<Response> {
  return tell(context, session, strings.notSameOrigin, 403);
}

export function limited(context: PagesContext, waitMs: number): Response | Promise<Response> {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  context.header('Retry-After', String(seconds));
  return tell(context, undefined, { title: strings.limited.title, text: strings.limited.text(seconds) }, 429);
}

/** For somebody whom nobody knows yet. */
export function askToSignIn(
  context: PagesContext,
  returnTo: string,
  host: string | undefined,
): Response | Promise<Response> {
  if (host === undefined) return tell(context, undefined, strings.signIn.none, 403);
  const { title, text, button, note } = strings.signIn;
  const body = html`<p class="lead">${text}</p>
<div class="acts">${postForm('/sign-in', undefined, button, { fields: { return: returnTo } })}</div>
<p class="quiet">${note(host)}</p>`;
  return show(context, undefined, { title, body });
}

/**
 * Leads the browser on to another site. A page and not a redirect: a form's redirects count as its targets (CSP
 * form-action), and to whom a platform redirects on, nobody can list.
 * @throws TypeError when the address is not one for browsers
 */
export function goOn(
  context: PagesContext,
  session: Session | undefined,
  place: string,
  url: string,
): Response | Promise<Response> {
  if (new URL(url).protocol !== 'https:') throw new TypeError('a consent or sign-in page without HTTPS');
  const { title, text, link } = strings.going;
  const body = html`<p class="lead" role="status">${text(place)}</p>
<div class="acts"><a class="button" href="${url}">${link(place)}</a></div>`;
  return show(context, session, { title: title(place), body, refresh: { seconds: 0, url } });
}
