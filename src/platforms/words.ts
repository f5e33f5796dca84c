import type { Reason } from '../api/reasons.ts';
import type { Answer } from './paths.ts';
import { textAt } from './paths.ts';

const quotedFields = [
  'error_description',
  'message',
  'error.message',
  'data.error.message',
  'error_message',
  'debug_message',
  'display_message',
  'developer_message',
  'errors[0].message',
  'detail',
  'reason',
  'error',
  'error.code',
  'error.status',
];
const longestQuote = 200;

/**
 * What the platform itself says about a failure, fit to be shown: from known fields only, cut, and without markup, anything
 * that was secret in the request, or what looks like a token or a URL. Undefined where it says nothing.
 */
export function platformWords(answer: Answer, secrets: readonly string[]): string | undefined {
  const text = textAt(answer, quotedFields);
  if (text === undefined) return undefined;
  let words = text;
  for (const secret of secrets) if (secret !== '') words = words.replaceAll(secret, '…');
  return words
    .replace(/<[^<>]{0,200}>/g, '')
    .replace(/https?:\/\/\S+/g, '…')
    .replace(/[\w\-.~+/=%]{24,}/g, '…')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, longestQuote);
}

/** Status and words in brackets: `(403 "invalid client secret")`. */
export function inBrackets(answer: Answer, secrets: readonly string[]): string {
  const words = platformWords(answer, secrets);
  return words === undefined ? `(${answer.status})` : `(${answer.status} "${words}")`;
}

/** Why a rejected login usually was, where the reason alone does not say it; nothing the platform did not tell is claimed. */
const causes: Readonly<Partial<Record<Reason, string>>> = {
  AccessRevoked: "This happens when the password was changed or the app was disconnected in the account's settings.",
  RefreshTokenExpired: 'The login is older than the platform lets it become.',
  ExpiredUnused: 'The login was not used for longer than the platform allows.',
  LifetimeShortened: 'It had announced a later end.',
};

/** The sentence of a rejected grant: `Example rejected the stored login: "Invalid refresh token". This happens when …`. */
export function rejectedWords(displayName: string, reason: Reason, answer: Answer, secrets: readonly string[]): string {
  const words = platformWords(answer, secrets);
  const stop = /[.!?]$/.test(words ?? '') ? '' : '.';
  const quote = words === undefined ? ` (${answer.status}).` : `: "${words}"${stop}`;
  const cause = causes[reason];
  return `${displayName} rejected the stored login${quote}${cause === undefined ? '' : ` ${cause}`}`;
}
