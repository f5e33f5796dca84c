import { annotations, fieldManager, grantVersion, labels, secretNameOf } from '../api/names.ts';
import { formatInstant } from './instant.ts';
import type { Observation } from './observation.ts';
import type { ProjectedToken, SecretContent, SecretLookup } from './ports.ts';
import { Sealed } from './sealed.ts';
import { find, gather } from './state.ts';

/** Which label and annotation keys of `spec.secret` an administrator admits, by prefix. */
export type AdmittedPrefixes = readonly string[];

/**
 * What pods see, made of the present grant; undefined without an access token. It never holds the refresh token. A dead
 * token stays as bytes, because pods must start; `state` and `expires_at` beside it tell (design section 4).
 */
export function projectedToken(o: Observation): ProjectedToken | undefined {
  if (o.grant.state !== 'Present' || o.grant.record.tokens.access === undefined) return undefined;
  const { record } = o.grant;
  const facts = gather(o);
  return {
    access: record.tokens.access as Sealed,
    secret: record.tokens.secret,
    accessExpiresAt: facts.accessEndsAt,
    account: record.account,
    platform: record.issuedTo.platform,
    state: find(o, facts).state,
    epoch: record.epoch,
    generation: record.generation,
  };
}

export function secretContent(o: Observation, token: ProjectedToken, prefixes: AdmittedPrefixes): SecretContent {
  const { spec, metadata } = o.channel;
  const { keys } = spec.secret;
  const isAdmitted = ([key]: [string, string]) => prefixes.some((prefix) => key.startsWith(prefix));
  return {
    name: secretNameOf(o.channel),
    data: {
      [keys.accessToken]: token.access,
      [keys.expiresAt]: Sealed.of(token.accessExpiresAt === undefined ? '' : formatInstant(token.accessExpiresAt)),
      [keys.accountID]: Sealed.of(token.account?.id ?? ''),
      [keys.platform]: Sealed.of(token.platform),
      [keys.state]: Sealed.of(token.state),
      ...(token.secret === undefined ? {} : { [keys.accessTokenSecret]: token.secret }),
    },
    labels: {
      ...Object.fromEntries(Object.entries(spec.secret.labels ?? {}).filter(isAdmitted)),
      [labels.managedBy]: fieldManager,
      [labels.channel]: metadata.name,
    },
    annotations: {
      ...Object.fromEntries(Object.entries(spec.secret.annotations ?? {}).filter(isAdmitted)),
      [annotations.grant]: grantVersion(token.epoch, token.generation),
      [annotations.channelUid]: metadata.uid ?? '',
      ...projectedAt(o, grantVersion(token.epoch, token.generation)),
    },
    isOwned: spec.secret.deletionPolicy === 'Delete',
  };
}

/** Since when the Secret shows this token, for restarts alone: what is known of it stays, and only a new token is news. */
function projectedAt({ channel, secret, now }: Observation, version: string): Readonly<Record<string, string>> {
  if (channel.spec.rollout === undefined) return {};
  if (secret.state !== 'Ours' || secret.secret.annotations[annotations.grant] !== version)
    return { [annotations.projectedAt]: formatInstant(now) };
  const { [annotations.projectedAt]: noted } = secret.secret.annotations;
  return noted === undefined ? {} : { [annotations.projectedAt]: noted };
}

/** Whether the Secret shows exactly this content; keys that others added are theirs. */
export function isCurrent(lookup: SecretLookup, content: SecretContent | undefined): boolean {
  if (lookup.state !== 'Ours' || content === undefined) return false;
  const { secret } = lookup;
  if (secret.isOwned !== content.isOwned) return false;
  const hasAll = (have: Readonly<Record<string, string>>, want: Readonly<Record<string, string>>) =>
    Object.entries(want).every(([key, value]) => have[key] === value);
  return (
    Object.entries(content.data).every(([key, value]) => value.equals(secret.data[key])) &&
    hasAll(secret.labels, content.labels) &&
    hasAll(secret.annotations, content.annotations)
  );
}
