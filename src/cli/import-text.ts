import { stringify } from 'yaml';
import { labels, sharedSecretValue } from '../api/names.ts';
import { type BootstrapTokens, bootstrapProblems, parseBootstrap } from '../core/bootstrap.ts';
import { CliError } from './exit.ts';
import { away, type Look, moment } from './text.ts';
import type { TokenInput } from './token-input.ts';

export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
}

/** @throws CliError `Usage` with every problem at once and no value */
export function understand(input: TokenInput, secret: string, now: number): BootstrapTokens {
  const problems = bootstrapProblems(input.data, now);
  if (problems.length > 0)
    throw new CliError('Usage', `The input cannot be imported: ${problems.join('; ')}. Nothing was written.`);
  return parseBootstrap(secret, input.data, now);
}

/** What was understood, without a value that is a secret. */
export function understoodText(
  { tokens, accountId, extras }: BootstrapTokens,
  notes: readonly string[],
  look: Look,
): string {
  const at = (instant: number | undefined) =>
    instant === undefined || instant === 0 ? undefined : `${moment(instant, look)} (${away(instant, look.now)})`;
  const ends = at(tokens.accessExpiresAt);
  const access =
    tokens.access === undefined
      ? 'absent; the first renewal brings one'
      : `present${ends === undefined ? (tokens.obtainedAt === 0 ? ', of unknown age: renewed at once' : '') : `, ends ${ends}`}`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['access token', access],
    [
      'refresh token',
      tokens.refresh === undefined
        ? 'absent'
        : `present${at(tokens.refreshExpiresAt) === undefined ? '' : `, ends ${at(tokens.refreshExpiresAt)}`}`,
    ],
    ['token secret', tokens.secret === undefined ? undefined : 'present (OAuth 1.0a)'],
    ['obtained', at(tokens.obtainedAt)],
    ['consented', at(tokens.consentedAt)],
    ['scopes', tokens.scopes?.join(' ')],
    ['account id', accountId],
    ['extras', Object.keys(extras).join(', ') || undefined],
  ];
  const known = rows.flatMap(([title, text]) => (text === undefined ? [] : [`  ${title.padEnd(15)}${text}`]));
  return `Understood:\n${known.join('\n')}\n${notes.map((note) => `Note: ${note}\n`).join('')}`;
}

/** The Secret as it is sent. */
export function bootstrapManifest({ namespace, name }: SecretPlace, { data }: TokenInput) {
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value.reveal()).toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: { [labels.use]: sharedSecretValue } },
    type: 'Opaque',
    data: Object.fromEntries(encoded) as Record<string, string>,
  };
}

/** The same for people: which keys it has, and no value. */
export function redactedText(place: SecretPlace, input: TokenInput): string {
  const { data, ...rest } = bootstrapManifest(place, input);
  return stringify({ ...rest, data: Object.fromEntries(Object.keys(data).map((key) => [key, '[redacted]'])) });
}
