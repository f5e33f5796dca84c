import { html } from 'hono/html';
import type { ChannelSummary } from '../../core/consent.ts';
import {
  actAt,
  byUrgency,
  consentClock,
  type FilterName,
  type FleetFilter,
  filteredValue,
  filterNames,
  fits,
  perDay,
  type Span,
} from './fleet.ts';
import { type Html, instant, stateBadge } from './layout.ts';
import { channelPath } from './routes.ts';
import { strings } from './strings.ts';

const text = strings.fleet;
const rowsPerPage = 25;
/** A list to choose from is of use up to so many, and a page has to stay small. */
const mostChoices = 60;
const mostOwners = 4;

export interface FleetInput {
  /** All that this person may see. */
  readonly channels: readonly ChannelSummary[];
  readonly filter: FleetFilter;
  /** From 1. */
  readonly page: number;
  readonly now: number;
}

export function fleetPage({ channels, filter, page, now }: FleetInput): Html {
  const shown = channels.filter((channel) => fits(channel, filter)).sort(byUrgency);
  const last = Math.max(1, Math.ceil(shown.length / rowsPerPage));
  const current = Math.min(Math.max(1, page), last);
  const from = (current - 1) * rowsPerPage;
  const rows = shown.slice(from, from + rowsPerPage);
  const range = last === 1 ? '' : text.shown(from + 1, from + rows.length);
  return html`<section class="card" aria-labelledby="clock"><h2 id="clock">${text.clock.title}</h2>
${timeLine(perDay(shown, now))}
<ul class="spans">${consentClock(shown, now).map(spanItem)}</ul></section>
${filters(channels, filter)}
${
  rows.length === 0
    ? html`<p>${text.none}</p>`
    : html`<table><caption>${text.summary(shown.length, range)}</caption>
<thead><tr>${Object.values(text.columns).map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map((channel) => row(channel, now))}</tbody></table>`
}
${pager(filter, current, last)}`;
}

function short(words: string, most: number): string {
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`;
}

function row(channel: ChannelSummary, now: number): Html {
  const { ref, platform, account, owner, state, message } = channel;
  const at = actAt(channel, now);
  const until = state === 'NeedsReauth' ? strings.now : at === undefined ? text.nobody : instant(at, now);
  return html`<tr><th scope="row"><a href="${channelPath(ref)}">${short(ref.name, 80)}</a><span class="under">${ref.namespace} · ${platform}</span></th>
<td>${stateBadge(state)}</td><td>${short(account ?? '', 60)}</td><td>${short(owner ?? text.noOwner, 60)}</td>
<td><span class="label">${text.columns.until}: </span>${until}</td><td class="why">${short(message, 140)}</td></tr>
`;
}

const nearness = { 0: 'near', 7: 'near', 30: 'next', 90: 'far' } as const;

function spanItem({ days, count, owners }: Span): Html {
  const named = owners.slice(0, mostOwners).map(([owner, of]) => `${short(owner || text.noOwner, 40)} (${of})`);
  const rest = owners.length > mostOwners ? [text.clock.more(owners.length - mostOwners)] : [];
  const people = [...named, ...rest].join(', ') || text.clock.nobody;
  return html`<li class="${nearness[days]}"><strong>${days === 0 ? strings.now : text.clock.within(days)}: ${count}</strong><span class="under">${people}</span></li>`;
}

const [left, width, ground, height] = [14, 332, 82, 62];

/** One bar for each of the next 90 days that needs somebody; high ones by the logarithm, so that one is seen too. */
function timeLine(days: readonly number[]): Html {
  const most = Math.log2(1 + Math.max(1, ...days));
  const x = (day: number) => left + (width * day) / 90;
  const bars = days.flatMap((count, day) => {
    if (count === 0) return [];
    const tall = Math.round(8 + ((height - 8) * Math.log2(1 + count)) / most);
    const near = day <= 7 ? 'near' : day <= 30 ? 'next' : 'far';
    return [
      html`<rect class="${near}" x="${(x(day) - 1.5).toFixed(1)}" y="${ground - tall}" width="3" height="${tall}"/>`,
    ];
  });
  const ticks = [0, 7, 30, 60, 90].map((day) => {
    const anchor = day === 90 ? 'end' : day === 0 ? 'start' : 'middle';
    const label = day === 0 ? text.clock.today : day === 90 ? text.clock.days(day) : String(day);
    return html`<line class="tick" x1="${x(day).toFixed(1)}" y1="${ground}" x2="${x(day).toFixed(1)}" y2="${ground + 5}"/><text x="${day === 0 ? x(0) - 8 : x(day)}" y="${ground + 18}" text-anchor="${anchor}">${label}</text>`;
  });
  const total = days.reduce((sum, count) => sum + count, 0);
  return html`<svg class="clock" viewBox="0 0 360 106" role="img" aria-label="${text.clock.picture(total)}"><line class="axis" x1="${left}" y1="${ground}" x2="${left + width}" y2="${ground}"/>${bars}${ticks}</svg>`;
}

function filters(channels: readonly ChannelSummary[], filter: FleetFilter): Html {
  return html`<h2>${text.filters}</h2><form method="get" action="/" class="filters">
${filterNames.map((name) => choice(name, choicesOf(channels, name), filter[name]))}
<button type="submit">${text.apply}</button><a class="button plain" href="/">${text.reset}</a></form>`;
}

function choicesOf(channels: readonly ChannelSummary[], name: FilterName): readonly string[] {
  const values = new Set(channels.map((channel) => filteredValue(channel, name)).filter((value) => value !== ''));
  return [...values].sort();
}

function choice(name: FilterName, values: readonly string[], chosen: string): Html {
  if (values.length > mostChoices) {
    return html`<label>${text[name]}<input type="text" name="${name}" value="${chosen}" placeholder="${text.any}"></label>`;
  }
  const label = (value: string) => (name === 'state' ? strings.states[value as keyof typeof strings.states] : value);
  return html`<label>${text[name]}<select name="${name}"><option value="">${text.any}</option>${values.map(
    (value) =>
      html`<option value="${value}"${value === chosen ? html` selected` : ''}>${short(label(value) ?? value, 60)}</option>`,
  )}</select></label>`;
}

function pager(filter: FleetFilter, current: number, last: number): Html {
  if (last === 1) return html``;
  const to = (page: number) => {
    const chosen = filterNames.filter((name) => filter[name] !== '').map((name) => [name, filter[name]]);
    return `/?${new URLSearchParams([...chosen, ['page', String(page)]] as [string, string][])}`;
  };
  return html`<nav class="pages">${current > 1 ? html`<a href="${to(current - 1)}">← ${text.earlier}</a>` : html`<span></span>`}${
    current < last ? html`<a href="${to(current + 1)}">${text.later} →</a>` : html`<span></span>`
  }</nav>`;
}
