import { html, raw } from 'hono/html';
import type { Notice, NoticeKind } from '../core/notice.ts';
import { accountInWords, instantInWords, isAtPlatform, subjectOf, words } from './words.ts';

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** One mail of what one owner is to be told: one notice, or several as a digest, the most urgent first. */
export function mailOf(notices: readonly Notice[]): Mail {
  const sorted = [...notices].sort(byUrgency);
  const [first] = sorted;
  if (first === undefined) throw new RangeError('a mail needs a notice');
  const isAsked = sorted.some(({ kind }) => kind !== 'Recovered');
  const urgent = sorted.filter(({ kind }) => kind === 'NeedsReauth').length;
  const isOne = sorted.length === 1;
  const subject = isOne ? subjectOf(first) : words.digestSubject(sorted.length, urgent);
  const head = isOne ? subjectOf(first) : words.digestHead(sorted.length);
  const footer = words.footer(isAsked && sorted.some(({ reconnectURL }) => reconnectURL !== undefined));
  const bodies = sorted.map((notice) => textOf(notice, isOne));
  return {
    subject,
    text: `${[head, ...bodies, `-- \n${footer}`].join('\n\n')}\n`,
    html: String(page(head, sorted, footer)),
  };
}

const urgency: readonly NoticeKind[] = ['NeedsReauth', 'Expiring', 'Recovered'];

function byUrgency(a: Notice, b: Notice): number {
  const [x, y] = [urgency.indexOf(a.kind), urgency.indexOf(b.kind)];
  return x - y || (a.deadlineAt ?? 0) - (b.deadlineAt ?? 0) || accountInWords(a).localeCompare(accountInWords(b));
}

type Row = readonly [label: string, text: string];

/** What each part tells, in the order in which a person asks. */
function rowsOf(notice: Notice): Row[] {
  const { labels } = words;
  const { channel, account, owner, why, since, deadlineAt } = notice;
  const rows: (Row | undefined)[] = [
    [labels.why, why],
    since === undefined || notice.kind !== 'NeedsReauth' ? undefined : [labels.since, instantInWords(since)],
    deadlineAt === undefined ? undefined : [labels.deadline, instantInWords(deadlineAt)],
    [labels.still, stillOf(notice)],
    [labels.how, howOf(notice)],
    [labels.account, account === undefined ? '–' : `${accountInWords(notice)} (id ${account.id})`],
    [labels.channel, `${channel.namespace}/${channel.name}`],
    owner === undefined ? undefined : [labels.owner, owner.name],
  ];
  return rows.filter((row) => row !== undefined);
}

function stillOf({ token }: Notice): string {
  if (!token.works) return words.still.none;
  return token.until === undefined ? words.still.open : words.still.until(instantInWords(token.until));
}

function howOf(notice: Notice): string {
  const { kind, remedy, reconnectURL, channel } = notice;
  if (kind === 'Recovered') return words.well;
  if (isAtPlatform(notice)) return remedy ?? '';
  const how = remedy === undefined ? [] : [remedy];
  const page = reconnectURL === undefined ? words.withoutPage(`${channel.namespace}/${channel.name}`) : words.personal;
  return [...how, page].join(' ');
}

const LABEL_WIDTH = 11;

function textOf(notice: Notice, isOne: boolean): string {
  const head = isOne ? [] : [`[${words.states[notice.kind]}] ${subjectOf(notice)}`, ''];
  const { reconnectURL } = notice;
  const page: Row[] = reconnectURL === undefined ? [] : [[words.labels.page, reconnectURL]];
  const lines = [...rowsOf(notice), ...page].map(([label, text]) => `${label.padEnd(LABEL_WIDTH)}${wrapped(text)}`);
  return [...head, ...lines].join('\n');
}

/** At most 76 columns, and under the text, not under the label. An address stays whole. */
function wrapped(text: string): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + word.length + 1 > 76 - LABEL_WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join(`\n${' '.repeat(LABEL_WIDTH)}`);
}

const STYLE = `
:root{color-scheme:light dark}
body{margin:0;padding:24px 12px;background:#eef1f5;color:#1b2430;font:16px/1.5 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
.mail{max-width:600px;margin:0 auto}
h1{font-size:22px;line-height:1.3;margin:0 0 16px}
.card{background:#fff;border:1px solid #d5dbe3;border-left:6px solid #5b6b7f;border-radius:8px;padding:20px;margin:0 0 16px}
.NeedsReauth{border-left-color:#c62f2f}.Expiring{border-left-color:#b56a00}.Recovered{border-left-color:#1f7a44}
h2{font-size:18px;line-height:1.35;margin:0 0 12px}
.state{display:inline-block;font-size:13px;font-weight:600;border-radius:4px;padding:1px 8px;margin:0 0 8px;color:#fff;background:#5b6b7f}
.NeedsReauth .state{background:#c62f2f}.Expiring .state{background:#9a5a00}.Recovered .state{background:#1f7a44}
table{border-collapse:collapse;width:100%}
th{text-align:left;vertical-align:top;font-weight:600;color:#546375;width:92px;padding:4px 12px 4px 0;white-space:nowrap}
td{vertical-align:top;padding:4px 0;overflow-wrap:anywhere}
.button{display:inline-block;margin:16px 0 0;background:#1c5fbf;color:#fff!important;text-decoration:none;font-weight:600;padding:12px 22px;border-radius:6px}
.footer{font-size:13px;color:#546375;margin:0}
@media (prefers-color-scheme:dark){body{background:#12171e;color:#e6ebf2}.card{background:#1b222c;border-color:#333e4c}th,.footer{color:#a3b1c2}.button{background:#3b7fe0}}
`;

function page(head: string, notices: readonly Notice[], footer: string) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${head}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<div class="mail">
<h1>${head}</h1>
${notices.map((notice) => card(notice, notices.length === 1))}
<p class="footer">${footer}</p>
</div>
</body>
</html>
`;
}

function card(notice: Notice, isOne: boolean) {
  const { kind, reconnectURL } = notice;
  const isLink = reconnectURL !== undefined && /^https?:/.test(reconnectURL);
  return html`<div class="card ${kind}">
<span class="state">${words.states[kind]}</span>
${isOne ? '' : html`<h2>${subjectOf(notice)}</h2>`}
<table role="presentation">
${rowsOf(notice).map(([label, text]) => html`<tr><th scope="row">${label}</th><td>${text}</td></tr>\n`)}
</table>
${isLink ? html`<a class="button" href="${reconnectURL}">${words.button}</a>` : ''}
</div>
`;
}
