import { randomUUID } from 'node:crypto';
import type { Addresses, Step } from './wire.ts';

export interface BareChannel {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  /** The digest by which Vault knows the channel's account. */
  readonly account: string;
}

/** What the bare loop is told. */
export interface Plan {
  readonly addresses: Addresses;
  readonly ca: string;
  readonly kubernetesToken: string;
  readonly vaultToken: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly workers: number;
  readonly namespace: string;
  readonly prefix: string;
  readonly steps: readonly Step[];
  readonly channels: readonly BareChannel[];
}

/** What one refresh has learnt so far. */
export interface Seen {
  readonly channel: BareChannel;
  readonly plan: Plan;
  /** Vault path -> the version that the next write follows. */
  readonly versions: Map<string, number>;
  record: Record<string, unknown>;
  resourceVersion: string;
  answer?: { access_token: string; refresh_token: string; expires_in: number };
}

interface Effect {
  readonly body?: string;
  readonly contentType?: string;
  take?(text: string): void;
}

/** The body of a call, and what its answer is good for. @throws where the operator sends what is not known here. */
export function effectOf(step: Step, seen: Seen): Effect {
  if (step.server === 'platform') return tokenCall(seen);
  if (step.server === 'vault') return step.method === 'GET' ? vaultRead(step, seen) : vaultWrite(step, seen);
  if (step.method === 'GET') return { take: (text) => noteChannel(step, text, seen) };
  if (step.path.includes('/secrets/')) return secretApply(seen);
  if (step.path.endsWith('/status')) return statusPatch(seen);
  throw new Error(`the operator sends what the bare loop does not know: ${step.method} ${step.path}`);
}

function noteChannel({ path }: Step, text: string, seen: Seen): void {
  if (!path.endsWith('/socialchannels/{channel}')) return;
  seen.resourceVersion = (JSON.parse(text) as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
}

function vaultRead({ path }: Step, seen: Seen): Effect {
  return {
    take: (text) => {
      const { data } = JSON.parse(text) as { data?: { data: Record<string, unknown>; metadata: { version: number } } };
      seen.versions.set(path, data?.metadata.version ?? 0);
      if (path.endsWith('/grant') && data !== undefined) seen.record = data.data;
    },
  };
}

function vaultWrite({ path }: Step, seen: Seen): Effect {
  const data = path.endsWith('/grant') ? nextRecord(seen) : consumerToken(seen);
  const cas = seen.versions.get(path) ?? 0;
  return {
    body: JSON.stringify({ data, options: { cas } }),
    take: () => {
      seen.versions.set(path, cas + 1);
      if (path.endsWith('/grant')) seen.record = data;
    },
  };
}

/** Before the platform's answer the claim, after it the commit. */
function nextRecord({ record, answer, channel }: Seen): Record<string, unknown> {
  const id = randomUUID();
  const { epoch } = record;
  if (answer === undefined) {
    const claim = { id, holder: 'bench/0', epoch, fingerprint: '0'.repeat(64), lifeMs: 60_000 };
    return { ...record, claim, writeId: `claim-${id}` };
  }
  const { claim: _, ...rest } = record;
  const obtained = Date.now();
  const tokens = {
    ...(record.tokens as object),
    access: answer.access_token,
    refresh: answer.refresh_token,
    obtainedAt: new Date(obtained).toISOString(),
    accessExpiresAt: new Date(obtained + answer.expires_in * 1000).toISOString(),
  };
  return { ...rest, tokens, generation: channel.generation + 1, raw: JSON.stringify(answer), writeId: `commit-${id}` };
}

function consumerToken({ record, answer, channel }: Seen): Record<string, unknown> {
  return {
    access_token: answer?.access_token,
    expires_at: (record.tokens as { accessExpiresAt: string }).accessExpiresAt,
    account_id: (record.account as { id: string }).id,
    platform: 'twitch',
    state: 'Connected',
    epoch: String(record.epoch),
    generation: String(channel.generation + 1),
    writeId: randomUUID(),
  };
}

function tokenCall(seen: Seen): Effect {
  const { clientId, clientSecret } = seen.plan;
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: (seen.record.tokens as { refresh: string }).refresh,
    client_id: clientId,
    ...(clientSecret === null ? {} : { client_secret: clientSecret }),
  });
  return {
    body: form.toString(),
    contentType: 'application/x-www-form-urlencoded',
    take: (text) => {
      seen.answer = JSON.parse(text) as NonNullable<Seen['answer']>;
    },
  };
}

const seconds = (instant: string): string => `${instant.slice(0, 19)}Z`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function timesOf({ record }: Seen) {
  const { obtainedAt, accessExpiresAt } = record.tokens as { obtainedAt: string; accessExpiresAt: string };
  return { obtained: seconds(obtainedAt), expires: seconds(accessExpiresAt) };
}

function secretApply(seen: Seen): Effect {
  const { channel, record, answer } = seen;
  const kind = 'SocialChannel';
  const apiVersion = 'socialops.dev/v1alpha1';
  const owner = { apiVersion, kind, name: channel.name, uid: channel.uid, controller: true, blockOwnerDeletion: false };
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      name: `${channel.name}-token`,
      labels: { 'app.kubernetes.io/managed-by': 'social-channel-operator', 'socialops.dev/channel': channel.name },
      annotations: {
        'socialops.dev/channel-uid': channel.uid,
        'socialops.dev/grant': `${record.epoch}.${channel.generation + 1}`,
      },
      ownerReferences: [owner],
    },
    data: {
      access_token: base64(answer?.access_token ?? ''),
      expires_at: base64(timesOf(seen).expires),
      account_id: base64((record.account as { id: string }).id),
      platform: base64('twitch'),
      state: base64('Connected'),
    },
  };
  return { body: JSON.stringify(body), contentType: 'application/apply-patch+yaml' };
}

function statusPatch(seen: Seen): Effect {
  const { obtained, expires } = timesOf(seen);
  const generation = seen.channel.generation + 1;
  const times = { lastRefreshTime: obtained, nextRefreshTime: expires, accessTokenExpiryTime: expires };
  const body = { metadata: { resourceVersion: seen.resourceVersion }, status: { generation, ...times } };
  return { body: JSON.stringify(body), contentType: 'application/merge-patch+json' };
}
