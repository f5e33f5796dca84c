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

/** `in 3h51m`, `6m ago`, or `now`. */
export function away(at: number, now: number): string {
  if (Math.abs(at - now) < 1000) return 'now';
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
  /** May be cut down to this many characters where the table would be too wide. */
  readonly min?: number;
}

/** What a terminal shows without breaking lines. */
export const WIDTH = 100;

/**
 * Columns: two spaces between, nothing behind the last, and none that is empty in all rows. What
 * is wider than `width` is cut where columns allow it, the widest of them first; names stay whole, as people type them.
 */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], paint: Paint, width = WIDTH): string {
  const all = columns.map((column) => ({ ...column, cells: rows.map((row) => printable(column.of(row))) }));
  const shown = all.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const widths = fitted(
    shown.map(({ title, cells, min }) => ({
      natural: Math.max(title.length, ...cells.map((cell) => cell.length)),
      min,
    })),
    width,
  );
  const line = (texts: readonly string[], mark: (index: number) => Parameters<Paint>[0] | undefined) => {
    const parts = texts.map((text, index) => {
      const cell = cut(text, widths[index] ?? 0);
      const gap = index === texts.length - 1 ? '' : ' '.repeat((widths[index] ?? 0) - cell.length);
      const style = mark(index);
      return (style === undefined ? cell : paint(style, cell)) + gap;
    });
    return parts.join(GAP).trimEnd();
  };
  const head = line(
    shown.map(({ title }) => title),
    () => undefined,
  );
  const body = rows.map((row, at) =>
    line(
      shown.map(({ cells }) => cells[at] ?? ''),
      (index) => shown[index]?.mark?.(row),
    ),
  );
  return `${[head, ...body].join('\n')}\n`;
}

const GAP = '  ';

function fitted(columns: readonly { natural: number; min: number | undefined }[], width: number): number[] {
  const widths = columns.map(({ natural }) => natural);
  const total = () => widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1);
  while (total() > width) {
    const room = widths.map((one, index) => (one > (columns[index]?.min ?? Number.POSITIVE_INFINITY) ? one : 0));
    const widest = Math.max(...room);
    if (widest === 0) break;
    widths[room.indexOf(widest)] = widest - 1;
  }
  return widths;
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** Names and messages come from elsewhere: no escape sequence of theirs reaches the terminal, and none breaks a line. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ');
}

/** Lines of at most `width` characters, each after `indent`, the first after `head`. Words longer than that stay whole. */
export function wrapped(text: string, head: string, indent: string, width = WIDTH): string {
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
