import { html } from 'hono/html';
import type { Condition } from '../../api/conditions.ts';
import { explain, isReason } from '../../api/reasons.ts';
import type { SocialChannel } from '../../api/resources.gen.ts';
import type { ChannelCard, Requester } from '../../core/consent.ts';
import { parseInstant } from '../../core/instant.ts';
import type { ConnectDecision } from './access.ts';
import { facts, type Html, instant, instantOf, postForm, stateBadge } from './layout.ts';
import { channelPath } from './routes.ts';
import { strings } from './strings.ts';

const text = strings.channel;

export interface ChannelPageInput {
  readonly card: ChannelCard;
  readonly decision: ConnectDecision;
  readonly by: Requester;
  /** Of an invitation. */
  readonly note?: string | undefined;
  readonly csrf: string;
  readonly now: number;
}

/** What people call the channel: its account where one is known. */
export function channelTitle({ metadata, status, spec }: SocialChannel): string {
  return status?.account?.handle ?? spec.account?.handle ?? metadata.name;
}

/** The page of one channel: what happened, who can do something about it, and the way to the platform. */
export function channelPage(input: ChannelPageInput): Html {
  const { card, now } = input;
  return html`<p>${stateBadge(card.channel.status?.state)} <span class="quiet">${card.platform.displayName} · ${card.channel.metadata.namespace}/${card.channel.metadata.name}</span></p>
<p class="lead">${whyText(card)}</p>
<div class="card">${channelFacts(card, now)}</div>
${way(input)}
<h2>${text.history}</h2>
${history(card.channel, now)}`;
}

/** The status's own sentence, which may know more than the reason's; the address of this very page is just here. */
function whyText({ channel, platform, app }: ChannelCard): string {
  const { status, spec, metadata } = channel;
  const { message = '', reconnectURL = '' } = status ?? {};
  if (message !== '') return spec.grantFrom === undefined ? withoutOwnAddress(message, reconnectURL) : message;
  if (status?.reason === undefined || !isReason(status.reason)) return strings.unknownState;
  return explain(status.reason, {
    platform: platform.displayName,
    account: status.account?.handle ?? spec.account?.handle,
    owner: spec.owner?.name,
    app: app.name,
    channel: metadata.name,
    namespace: metadata.namespace,
  });
}

/** The address of this very page ends sentences, without a full stop that would be taken for a part of it. */
function withoutOwnAddress(message: string, url: string): string {
  return url === '' ? message : message.replace(` at ${url}`, ` ${text.here}`).replace(/([a-z])$/, '$1.');
}

function channelFacts({ channel }: ChannelCard, now: number): Html {
  const { status, spec } = channel;
  return facts([
    [text.since, instantOf(stateSince(channel), now)],
    [text.works, worksUntil(channel, now)],
    [text.deadline, instantOf(status?.deadlineTime, now)],
    [text.account, accountLine(channel)],
    [text.owner, ownerLine(spec.owner)],
  ]);
}

function stateSince({ status, metadata }: SocialChannel): string | undefined {
  if (status?.needsReauthSince !== undefined) return status.needsReauthSince;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.lastTransitionTime ?? metadata.creationTimestamp;
}

function worksUntil({ status }: SocialChannel, now: number): Html | string | undefined {
  if (status?.state === undefined || status.state === 'Pending') return undefined;
  const isValid = status.conditions?.find(({ type }) => type === 'TokenValid')?.status === 'True';
  if (!isValid) return text.worksNot;
  const endsAt = parseInstant(status.accessTokenExpiryTime);
  // Renewed in time, the end of one token is the end of nothing.
  if (status.state === 'Connected' && status.deadlineTime === undefined) return text.worksNoEnd;
  if (status.state === 'NeedsReauth') return endsAt === undefined ? text.worksNoEnd : instant(endsAt, now);
  return instantOf(status.deadlineTime, now) ?? text.worksNoEnd;
}

function accountLine({ status, spec }: SocialChannel): Html | string {
  const id = status?.account?.id ?? spec.account?.id;
  const handle = status?.account?.handle ?? spec.account?.handle;
  if (id === undefined) return handle ?? text.accountAny;
  if (handle === undefined || handle === id) return text.accountId(id);
  return html`${handle} <span class="quiet">(${text.accountId(id)})</span>`;
}

export function ownerText(owner: SocialChannel['spec']['owner']): string | undefined {
  if (owner === undefined) return undefined;
  return owner.email === undefined ? owner.name : `${owner.name} <${owner.email}>`;
}

function ownerLine(owner: SocialChannel['spec']['owner']): string {
  return ownerText(owner) ?? text.ownerNobody;
}

/** What is asked for, by whom, what to do first, and the button; or why there is none. */
function way({ card, decision, by, note, csrf }: ChannelPageInput): Html {
  const { channel, platform, app, advice, canConsent } = card;
  const refusal = canConsent ? refusalText(decision, channel) : text.cannot.Platform;
  if (channel.spec.grantFrom !== undefined) return toLender(channel, channel.spec.grantFrom.name);
  if (refusal !== undefined) return html`<p class="note">${refusal}</p>`;
  const asked = by.kind === 'SignedIn' ? text.requesterYou(by.name) : invitedBy(note);
  const reference = { namespace: channel.metadata.namespace ?? '', name: channel.metadata.name };
  return html`<h2>${text.first}</h2>
<ol>${[loginAdvice(card), ...advice, text.firstTwoFactor].map((line) => html`<li>${line}</li>`)}</ol>
<div class="card">${facts([
    [text.app, text.appAt(app.name, app.namespace)],
    [text.namespace, reference.namespace],
    [text.requester, asked],
  ])}
<p>${text.before(app.name, reference.namespace, platform.displayName)}</p>
<div class="acts">${postForm(`${channelPath(reference)}/connect`, csrf, text.continue(platform.displayName))}</div>
<p class="quiet">${text.continueNote(platform.displayName)}</p></div>`;
}

/** Its login is that of another channel: there it is connected. */
function toLender({ metadata }: SocialChannel, lender: string): Html {
  const path = channelPath({ namespace: metadata.namespace ?? '', name: lender });
  return html`<p class="note">${text.cannot.Borrows(lender)}</p>
<div class="acts"><a class="button" href="${path}">${lender}</a></div>`;
}

function refusalText(decision: ConnectDecision, { spec }: SocialChannel): string | undefined {
  if (decision === 'Allowed') return undefined;
  if (decision === 'NotInGroup') return text.cannot.NotInGroup;
  return text.cannot[decision](ownerText(spec.owner) ?? '');
}

function invitedBy(note: string | undefined): string {
  return note === undefined || note === '' ? text.requesterInvitationPlain : text.requesterInvitation(note);
}

function loginAdvice({ channel, platform }: ChannelCard): string {
  const { status, spec } = channel;
  const isKnown = status?.account !== undefined || spec.account?.id !== undefined;
  return isKnown
    ? text.firstLogin(platform.displayName, status?.account?.handle ?? spec.account?.handle ?? spec.account?.id ?? '')
    : text.firstLoginAny(platform.displayName);
}

/** The last change of each condition, newest first: that is all the memory that a status has. */
function history({ status: seen }: SocialChannel, now: number): Html {
  const all: readonly Condition[] = seen?.conditions ?? [];
  // That nobody has to reconnect says nothing while nobody has connected.
  const isIdle = ({ type, status }: Condition) => type === 'ReauthRequired' && status === 'False';
  const conditions = seen?.state === 'Pending' ? all.filter((one) => !isIdle(one)) : all;
  const known = [...conditions].sort((a, b) => b.lastTransitionTime.localeCompare(a.lastTransitionTime));
  if (known.length === 0) return html`<p class="quiet">${text.historyNone}</p>`;
  return html`<ol class="history">${known.map(
    ({ type, status, message, lastTransitionTime }) =>
      html`<li><strong>${strings.conditions[type]?.[status] ?? type}</strong> <span class="under">${instantOf(lastTransitionTime, now)}</span>${withoutOwnAddress(message, seen?.reconnectURL ?? '')}</li>`,
  )}</ol>`;
}
