import { samplesAt } from '../../scripts/cli-samples.ts';
import { type Look, type Paint, plain } from '../../src/cli/text.ts';

export const nowAt = samplesAt;

export function look(more: Partial<Look> = {}): Look {
  return { now: nowAt, timeZone: 'UTC', paint: plain, ...more };
}

/** Shows marks as words, so that rows can name them. */
export const named: Paint = (mark, text) => `<${mark}>${text}</>`;

export const minute = 60_000;
export const day = 24 * 60 * minute;
export const ago = (ms: number) => new Date(nowAt - ms).toISOString();
export const ahead = (ms: number) => ago(-ms);
/** One line, so that it does not matter where a text is wrapped. */
export const flat = (text: string) => text.replace(/\s+/g, ' ').trim();
