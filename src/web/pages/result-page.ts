import { html } from 'hono/html';
import type { ChannelCard, ConsentProgress } from '../../core/consent.ts';
import type { Account, ChannelRef } from '../../core/grant.ts';
import { type Frame, facts, type Html, instant, postForm } from './layout.ts';
import { channelPath, resultPath } from './routes.ts';
import { strings } from './strings.ts';

const text = strings.result;

export interface ResultInput {
  readonly ref: ChannelRef;
  readonly id: string;
  readonly progress: ConsentProgress;
  /** Absent where the channel is gone. */
  readonly card: ChannelCard | undefined;
  /** Of the consent; absent where this browser did not begin it, and may only look. */
  readonly csrf: string | undefined;
  readonly now: number;
}

type Part = Pick<Frame, 'title' | 'body'> & Partial<Pick<Frame, 'refresh'>>;

/** What became of one consent, in words, and what can be done next. */
export function resultPage(input: ResultInput): Part {
  const { progress } = input;
  switch (progress.kind) {
    case 'Refused':
      return refused(input, progress);
    case 'Waiting':
      return waiting(input, progress);
    case 'Working':
      return working(input, progress);
    case 'Failed':
      return failed(input, progress);
    case 'AwaitsConfirmation':
      return awaitsConfirmation(input, progress);
    case 'WrongAccount':
      return wrongAccount(input, progress);
    case 'ScopesMissing':
      return scopesMissing(input, progress);
    case 'Discarded':
      return discarded(input, progress);
    case 'Connected':
      return connected(input, progress);
  }
}

/** Nobody can tell at the moment, and the page asks again. */
export function unknownPage(ref: ChannelRef, id: string, { message }: { readonly message: string }): Part {
  const { title, text: sentence, note } = text.unknown;
  const body = html`<p class="lead" role="status">${sentence}</p><p>${message}</p><p class="quiet">${note}</p>
${acts(html`<a class="button plain" href="${resultPath(ref, id)}">${text.working.look}</a>`)}`;
  return { title, body, refresh: again({ ref, id }, 5) };
}

type Of<Kind extends ConsentProgress['kind']> = Extract<ConsentProgress, { kind: Kind }>;

function platformName({ card }: ResultInput): string {
  return card?.platform.displayName ?? strings.channel.platform;
}

/** By its whole address: platforms leave a fragment behind (`#_`), with which a browser would only scroll. */
function again({ ref, id }: Pick<ResultInput, 'ref' | 'id'>, seconds: number): NonNullable<Frame['refresh']> {
  return { seconds, url: resultPath(ref, id) };
}

function acts(...parts: readonly Html[]): Html {
  return html`<div class="acts">${parts}</div>`;
}

function toChannel({ ref }: ResultInput, label: string, isPlain = false): Html {
  return html`<a class="button${isPlain ? ' plain' : ''}" href="${channelPath(ref)}">${label}</a>`;
}

function handleOf({ id, handle }: Account): string {
  return handle ?? strings.channel.accountId(id);
}

function refused(input: ResultInput, { refusal, message }: Of<'Refused'>): Part {
  const { title, text: sentence } = strings.refusals[refusal];
  // The desk may know more than we do, such as the platform's own words.
  const body = html`<p class="note">${message === '' ? sentence : message}</p>
${acts(toChannel(input, refusal === 'Used' || refusal === 'Superseded' ? text.back : text.again))}`;
  return { title, body };
}

function waiting(input: ResultInput, { until }: Of<'Waiting'>): Part {
  const name = platformName(input);
  const body = html`<p>${text.waiting.text(name)}</p><p class="quiet">${text.waiting.until} ${instant(until, input.now)}</p>
${acts(toChannel(input, text.again))}`;
  return { title: text.waiting.title(name), body };
}

function working(input: ResultInput, { message }: Of<'Working'>): Part {
  const body = html`<p class="lead" role="status">${text.working.text}</p><p>${message}</p>
<p class="quiet">${text.working.note}</p>
${acts(html`<a class="button plain" href="${resultPath(input.ref, input.id)}">${text.working.look}</a>`)}`;
  return { title: text.working.title, body, refresh: again(input, 2) };
}

function failed(input: ResultInput, { message, isKept }: Of<'Failed'>): Part {
  const { title, kept, notKept } = text.failed;
  const body = html`<p>${message}</p><p class="note ${isKept ? 'soon' : ''}">${isKept ? kept : notKept}</p>
${acts(toChannel(input, isKept ? text.back : text.again, isKept))}`;
  return { title, body, ...(isKept ? { refresh: again(input, 10) } : {}) };
}

function accountCard(label: string, account: Account): Html {
  return html`<div class="card"><p class="quiet">${label}</p><p class="handle">${account.handle ?? text.unnamed}</p><p class="quiet">${strings.channel.accountId(account.id)}</p></div>`;
}

function awaitsConfirmation(input: ResultInput, { account, until }: Of<'AwaitsConfirmation'>): Part {
  const { ref, id, csrf, now } = input;
  const here = resultPath(ref, id);
  const body = html`${accountCard(text.found, account)}
<p>${text.confirm.text(ref.name)}</p>
${
  csrf === undefined
    ? acts(toChannel(input, text.back, true))
    : acts(
        postForm(`${here}/confirm`, csrf, text.confirm.yes(handleOf(account))),
        postForm(`${here}/discard`, csrf, text.confirm.no, { isPlain: true }),
      )
}
<p class="quiet">${text.confirm.until} ${instant(until, now)}</p>`;
  return { title: text.confirm.title, body };
}

function wrongAccount(input: ResultInput, { expected, found, isRevocable }: Of<'WrongAccount'>): Part {
  const { ref, id, csrf } = input;
  const { title, text: sentence, how, steps, discard, discardNote, kept } = text.wrongAccount;
  const name = platformName(input);
  const giveBack = postForm(`${resultPath(ref, id)}/discard`, csrf, discard, { isPlain: true });
  const body = html`<div class="pair">${accountCard(text.expected, expected)}${accountCard(text.found, found)}</div>
<p class="note">${sentence}</p>
<h2>${how}</h2>
<ol>${steps(name, handleOf(expected)).map((step) => html`<li>${step}</li>`)}</ol>
${acts(toChannel(input, text.back), isRevocable && csrf !== undefined ? giveBack : html``)}
<p class="quiet">${isRevocable ? discardNote(name) : kept(name)}</p>`;
  return { title, body };
}

function scopesMissing(input: ResultInput, { missing, isStored }: Of<'ScopesMissing'>): Part {
  const { title, stored, notStored, how } = text.scopesMissing;
  const body = html`<p class="note soon">${isStored ? stored : notStored}</p>
<ul class="scopes">${missing.map((scope) => scopeItem(scope, input.card))}</ul>
<p>${how(platformName(input))}</p>
${acts(toChannel(input, text.again))}`;
  return { title, body };
}

function scopeItem(scope: string, card: ResultInput['card']): Html {
  const purposes = card?.scopePurposes ?? {};
  return Object.hasOwn(purposes, scope)
    ? html`<li>${purposes[scope]} <code class="under">${scope}</code></li>`
    : html`<li><code>${scope}</code></li>`;
}

function discarded(input: ResultInput, { isRevoked }: Of<'Discarded'>): Part {
  const { title, text: sentence } = isRevoked ? text.discarded.revoked : text.discarded.kept;
  return { title, body: html`<p class="note">${sentence}</p>${acts(toChannel(input, text.back))}` };
}

function connected(input: ResultInput, { account, at }: Of<'Connected'>): Part {
  const body = html`<p class="note good">${text.connected.text(input.ref.name)}</p>
<div class="card">${facts([
    [strings.channel.platform, input.card?.platform.displayName],
    [text.connected.account, account && handleOf(account)],
    [text.connected.at, instant(at, input.now)],
  ])}</div>
${acts(toChannel(input, text.back, true))}`;
  return { title: text.connected.title, body };
}
