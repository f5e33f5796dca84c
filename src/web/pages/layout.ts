import { html } from 'hono/html';
import type { Requester } from '../../core/consent.ts';
import { parseInstant } from '../../core/instant.ts';
import { strings } from './strings.ts';
import { stylePath } from './style.ts';

export type Html = ReturnType<typeof html>;

/** What stands at the top and the bottom of every page. */
export interface Frame {
  readonly title: string;
  readonly body: Html;
  /** Who is looking, where that is known. */
  readonly visitor?: Pick<Requester, 'kind' | 'name'> | undefined;
  /** Of the visitor's session; goes into every form. */
  readonly csrf?: string | undefined;
  readonly requestId: string;
  /** After so many seconds the browser goes on to `url`. */
  readonly refresh?: { readonly seconds: number; readonly url: string } | undefined;
  readonly isWide?: boolean;
}

export function layout({ title, body, visitor, csrf, requestId, refresh, isWide = false }: Frame): Html {
  const content = refresh && `${refresh.seconds};url=${refresh.url}`;
  return html`<!doctype html>
<html lang="${strings.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${content === undefined ? '' : html`<meta http-equiv="refresh" content="${content}">`}
<title>${title} – ${strings.product}</title>
<link rel="stylesheet" href="${stylePath}">
</head>
<body>
<a class="skip" href="#content">${strings.skip}</a>
<header class="top">
<span class="product">${visitor?.kind === 'SignedIn' ? html`<a href="/">${strings.product}</a>` : strings.product}</span>
${visitor === undefined || csrf === undefined ? '' : visitorPart(visitor, csrf)}
</header>
<main id="content"${isWide ? html` class="wide"` : ''}>
<h1>${title}</h1>
${body}
</main>
<footer><p>${strings.requestId(requestId)}</p></footer>
</body>
</html>`;
}

function visitorPart({ kind, name }: NonNullable<Frame['visitor']>, csrf: string): Html {
  const who = kind === 'SignedIn' ? strings.signedInAs(name) : strings.invitedVisitor;
  return html`<span class="who">${who}</span>${postForm('/sign-out', csrf, strings.signOut, { isPlain: true })}`;
}

/** A button that changes something: always a POST, always with the session's token. */
export function postForm(
  action: string,
  csrf: string | undefined,
  label: string,
  { isPlain = false, fields = {} }: { isPlain?: boolean; fields?: Readonly<Record<string, string>> } = {},
): Html {
  const all = Object.entries({ ...fields, ...(csrf === undefined ? {} : { csrf }) });
  return html`<form method="post" action="${action}">${all.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button type="submit"${isPlain ? html` class="plain"` : ''}>${label}</button></form>`;
}

/** Names and values; what is undefined is left out. */
export function facts(rows: readonly (readonly [name: string, value: Html | string | undefined])[]): Html {
  const known = rows.filter(([, value]) => value !== undefined && value !== '');
  return html`<dl class="facts">${known.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

export function stateBadge(state: keyof typeof strings.states | undefined): Html {
  return state === undefined
    ? html`<span class="state">${strings.unknownState}</span>`
    : html`<span class="state ${state}">${strings.states[state]}</span>`;
}

const dates = new Intl.DateTimeFormat(strings.locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

/** `25 Nov 2026, 13:40 UTC`: the server knows no time zone of the reader. */
export function instantText(at: number): string {
  return `${dates.format(at)} UTC`;
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

const relative = new Intl.RelativeTimeFormat(strings.locale, { numeric: 'always' });

/** `in 3 days`, `4 hours ago`; below a minute it is the present. */
export function distanceText(at: number, now: number): string {
  const [unit, ms] = units.find(([, size]) => Math.abs(at - now) >= size) ?? [undefined, 1];
  return unit === undefined ? strings.now : relative.format(Math.trunc((at - now) / ms), unit);
}

export function instant(at: number, now: number): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${instantText(at)}</time> <span class="quiet">(${distanceText(at, now)})</span>`;
}

/** The same for an instant as Kubernetes writes it; undefined where there is none. */
export function instantOf(text: string | undefined, now: number): Html | undefined {
  const at = parseInstant(text);
  return at === undefined ? undefined : instant(at, now);
}
