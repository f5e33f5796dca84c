import { bootstrapKeys } from '../core/bootstrap.ts';
import { formatInstant, parseInstant } from '../core/instant.ts';
import { nearestName } from '../core/nearest-name.ts';
import { Sealed } from '../core/sealed.ts';
import { CliError } from './exit.ts';

/** What a person brought, in the words of a bootstrap Secret. */
export interface TokenInput {
  readonly data: Readonly<Record<string, Sealed>>;
  /** What was left out or changed, for the person; no values. */
  readonly notes: readonly string[];
}

/** Words of token answers (RFC 6749 section 5.1) that are no use after the answer. */
const ANSWER_ONLY = new Set(['token_type', 'id_token', 'expires_in', 'scope']);

/**
 * Reads tokens as JSON (the answer of a token endpoint will do) or as lines `key=value`.
 *
 * @throws CliError `Usage`, naming keys and lines but never a value
 */
export function readTokens(text: string): TokenInput {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') throw new CliError('Usage', 'The input is empty. It takes JSON, or lines such as access_token=…');
  const pairs = trimmed.startsWith('{') ? fromJSON(trimmed) : fromLines(trimmed);
  return inOurWords(pairs);
}

type Pairs = Readonly<Record<string, unknown>>;

function fromJSON(text: string): Pairs {
  try {
    return JSON.parse(text) as Pairs;
  } catch {
    // The parser's message quotes the input.
    throw new CliError(
      'Usage',
      'The input begins like JSON and is none. Check quotes and commas; nothing was written.',
    );
  }
}

function fromLines(text: string): Pairs {
  const pairs: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const row = line.trim();
    if (row === '' || row.startsWith('#')) continue;
    const match = /^(?:export\s+)?(?<key>[A-Za-z][\w.]*)\s*=\s*(?<value>.*)$/.exec(row)?.groups;
    if (match === undefined)
      throw new CliError('Usage', `Line ${index + 1} of the input is not key=value. Nothing was written.`);
    const { key = '', value = '' } = match;
    if (Object.hasOwn(pairs, key))
      throw new CliError('Usage', `Line ${index + 1} of the input repeats ${key}. Nothing was written.`);
    pairs[key] = value.replace(/^(?<quote>["'])(?<inner>.*)\k<quote>$/, '$<inner>');
  }
  return pairs;
}

function inOurWords(pairs: Pairs): TokenInput {
  const data: Record<string, Sealed> = {};
  const notes: string[] = [];
  const wrong: string[] = [];
  for (const [key, value] of Object.entries(withExtras(pairs))) {
    if (value === null || value === undefined || value === '') continue;
    if (ANSWER_ONLY.has(key)) continue;
    const known = bootstrapKeys.includes(key) || key.startsWith('extras.');
    const near = known ? undefined : nearestName(key, bootstrapKeys);
    const text = known ? textOf(key, value) : undefined;
    if (near !== undefined) wrong.push(`"${key}" is not known; did you mean "${near}"?`);
    else if (!known) notes.push(`${key} is left out: it is no part of a login.`);
    else if (text === undefined) wrong.push(`${key} is no text (put long numbers into quotes)`);
    else data[key] = Sealed.of(text);
  }
  if (wrong.length > 0)
    throw new CliError('Usage', `The input cannot be used: ${wrong.join('; ')}. Nothing was written.`);
  return { data: fromAnswer(data, pairs, notes), notes };
}

/** `{ "extras": { "a": "1" } }` says the same as `extras.a=1`. */
function withExtras({ extras, ...rest }: Pairs): Pairs {
  if (extras === null || typeof extras !== 'object') return extras === undefined ? rest : { ...rest, extras };
  const flat = Object.entries(extras).map(([name, value]) => [`extras.${name}`, value]);
  return { ...rest, ...Object.fromEntries(flat) };
}

function textOf(key: string, value: unknown): string | undefined {
  if (typeof value === 'string')
    return /^\d{10}(?:\d{3})?$/.test(value) && isInstant(key) ? epochText(Number(value)) : value;
  // JSON numbers lose digits beyond this, and ids of accounts are longer.
  if (typeof value === 'number' && !isInstant(key)) return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value === 'number') return epochText(value);
  if (Array.isArray(value) && key === 'scopes' && value.every((one) => typeof one === 'string')) return value.join(' ');
  return undefined;
}

function isInstant(key: string): boolean {
  return key.endsWith('_at');
}

/** Seconds or milliseconds since 1970, as many tools keep them. */
function epochText(value: number): string {
  const ms = value > 100_000_000_000 ? value : value * 1000;
  return Number.isFinite(ms) && ms > 0 && ms < 8e15 ? formatInstant(ms) : String(value);
}

/** What only an answer says: `scope`, and `expires_in`, which counts from a moment that must be known. */
function fromAnswer(data: Record<string, Sealed>, { scope, expires_in: expiresIn }: Pairs, notes: string[]) {
  const scopes = Array.isArray(scope) ? scope.join(' ') : typeof scope === 'string' ? scope.replaceAll(',', ' ') : '';
  const found = { ...data };
  if (scopes !== '' && found.scopes === undefined) found.scopes = Sealed.of(scopes);
  if (expiresIn === undefined || expiresIn === null || found.expires_at !== undefined) return found;
  const obtainedAt = parseInstant(found.obtained_at?.reveal());
  const seconds = Number(expiresIn);
  if (obtainedAt !== undefined && Number.isFinite(seconds)) {
    found.expires_at = Sealed.of(formatInstant(obtainedAt + seconds * 1000));
    notes.push('expires_at is obtained_at plus expires_in.');
  } else
    notes.push(
      'expires_in is left out: it counts from a moment that obtained_at would tell. The token is renewed at once, where that is possible.',
    );
  return found;
}
