import { html } from 'hono/html';
import type { Invitation } from '../../core/consent.ts';
import { notFound, notSameOrigin, show, tell } from './answers.ts';
import { channelTitle } from './channel-page.ts';
import { isSameOrigin, type PagesContext } from './guard.ts';
import { facts, instant, postForm } from './layout.ts';
import type { PagesParts } from './ports.ts';
import { channelPath } from './routes.ts';
import { type BrowserMemory, invitedLifeMs } from './session.ts';
import { strings } from './strings.ts';

const text = strings.invitation;

type Verdict = Awaited<ReturnType<NonNullable<PagesParts['invitations']>['check']>>;

/** The page that says why an invitation counts no more. */
export function badInvitation(context: PagesContext, verdict: Exclude<Verdict, Invitation>) {
  return tell(context, undefined, text.bad[verdict], 403);
}

/**
 * The link of an invitation. Opening it does nothing, as scanners of mail open links too; the button makes a session for
 * this one channel.
 */
export function invitationRoutes(parts: PagesParts, memory: BrowserMemory) {
  const { invitations, cards, baseURL, now, secret } = parts;
  return {
    look: async (context: PagesContext): Promise<Response> => {
      if (invitations === undefined) return await notFound(context, undefined);
      const verdict = await invitations.check(context.req.param('token') ?? '');
      if (typeof verdict === 'string') return await badInvitation(context, verdict);
      const card = await cards.get(verdict.channel);
      if (card === undefined) return await notFound(context, undefined);
      const { channel, platform, app } = card;
      const asked = verdict.note === undefined ? undefined : strings.channel.requesterInvitation(verdict.note);
      const body = html`<p class="lead">${text.text}</p>
<div class="card">${facts([
        [strings.channel.account, channelTitle(channel)],
        [strings.channel.platform, platform.displayName],
        [strings.channel.namespace, channel.metadata.namespace],
        [strings.channel.app, strings.channel.appAt(app.name, app.namespace)],
        [strings.channel.requester, asked ?? strings.channel.requesterInvitationPlain],
        [text.until, instant(verdict.expiresAt, now())],
      ])}</div>
<div class="acts">${postForm(context.req.path, undefined, text.open)}</div>`;
      return await show(context, undefined, { title: text.title, body });
    },
    accept: async (context: PagesContext): Promise<Response> => {
      if (invitations === undefined) return await notFound(context, undefined);
      if (!isSameOrigin(context, baseURL)) return await notSameOrigin(context, undefined);
      const token = context.req.param('token') ?? '';
      const verdict = await invitations.check(token);
      if (typeof verdict === 'string') return await badInvitation(context, verdict);
      const { id, channel, expiresAt } = verdict;
      memory.forgetConsents(context);
      const lifeMs = Math.max(1_000, Math.min(invitedLifeMs, expiresAt - now()));
      await memory.writeSession(context, { kind: 'Invited', csrf: secret(), token, id, channel }, lifeMs);
      return context.redirect(channelPath(channel), 303);
    },
  };
}
