/** Marks a word for people who look before they read; without colours it returns the text as it is. */
export type Paint = (mark: 'bad' | 'warn' | 'good' | 'dim' | 'strong', text: string) => string;

export const plain: Paint = (_mark, text) => text;

const codes = { bad: 31, warn: 33, good: 32, dim: 2, strong: 1 } as const;

export const coloured: Paint = (mark, text) => (text === '' ? '' : `\u001b[${codes[mark]}m${text}\u001b[0m`);

/** What texts are made with: the moment, where the reader's clock hangs, and whether colours are wanted. */
export interface Look {
  readonly now: number;
  /** IANA name such as Europe/Berlin. */
  readonly timeZone: string;
  readonly paint: Paint;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A span as people say it: `40s`, `6m`, `3h51m`, `23d`. */
export function span(ms: number): string {
  const length = Math.abs(ms);
  if (length < MINUTE) return `${Math.floor(length / 1000)}s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)}m`;
  if (length < 2 * DAY) {
    const minutes = Math.floor((length % HOUR) / MINUTE);
    return `${Math.floor(length / HOUR)}h${minutes === 0 ? '' : `${minutes}m`}`;
  }
  return `${Math.floor(length / DAY)}d`;
}

/** `in 3h51m`, or `6m ago`. */
export function away(at: number, now: number): string {
  return at >= now ? `in ${span(at - now)}` : `${span(now - at)} ago`;
}

/** `21:42` on the same day, else `2026-11-23 06:41`, on the reader's clock. */
export function moment(at: number, { now, timeZone }: Look): string {
  const [day, time] = localParts(at, timeZone);
  return day === localParts(now, timeZone)[0] ? time : `${day} ${time}`;
}

export function dayOf(at: number, { timeZone }: Look): string {
  return localParts(at, timeZone)[0];
}

/** The zone as a clock on the wall would name it: `UTC`, `GMT+1`. */
export function zoneName({ now, timeZone }: Look): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'short' }).formatToParts(now);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

function localParts(at: number, timeZone: string): [day: string, time: string] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const [day = '', time = ''] = format.format(at).split(' ');
  return [day, time];
}

export interface Column<T> {
  readonly title: string;
  readonly of: (row: T) => string;
  readonly mark?: (row: T) => Parameters<Paint>[0] | undefined;
  /** A cell over this many characters is cut, with an ellipsis. */
  readonly max?: number;
}

/** Columns as kubectl sets them: three spaces between, nothing behind the last. A column that is empty in all rows is left out. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], paint: Paint): string {
  const cells = columns.map((column) => rows.map((row) => cut(column.of(row), column.max)));
  const shown = columns.map((_, index) => index).filter((index) => cells[index]?.some((cell) => cell !== ''));
  const widths = shown.map((index) =>
    Math.max(columns[index]?.title.length ?? 0, ...(cells[index] ?? []).map((cell) => cell.length)),
  );
  const line = (cellAt: (index: number) => string, mark: (index: number) => Parameters<Paint>[0] | undefined) => {
    const parts = shown.map((index, place) => {
      const text = cellAt(index);
      const gap = place === shown.length - 1 ? '' : ' '.repeat((widths[place] ?? 0) - text.length);
      const style = mark(index);
      return (style === undefined ? text : paint(style, text)) + gap;
    });
    return parts.join('   ').trimEnd();
  };
  const head = line(
    (index) => columns[index]?.title ?? '',
    () => undefined,
  );
  const body = rows.map((row, at) =>
    line(
      (index) => cells[index]?.[at] ?? '',
      (index) => columns[index]?.mark?.(row),
    ),
  );
  return `${[head, ...body].join('\n')}\n`;
}

function cut(text: string, max = Number.POSITIVE_INFINITY): string {
  const clean = printable(text);
  return clean.length <= max ? clean : `${clean.slice(0, max - 1)}…`;
}

/** Names and messages come from elsewhere: no escape sequence of theirs reaches the terminal, and none breaks a line. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ');
}

/** Lines of at most `width` characters, each after `indent`, the first after `head`. Words longer than that stay whole. */
export function wrapped(text: string, head: string, indent: string, width = 100): string {
  const lines = [''];
  for (const word of printable(text).split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && indent.length + line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line, index) => (index === 0 ? head : indent) + line).join('\n');
}

/** `1 channel`, `3 channels`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
