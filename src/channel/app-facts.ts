import { labels, sharedSecretValue } from '../api/names.ts';
import type { SocialApp } from '../api/resources.gen.ts';
import { asFailure, Failure } from '../core/failure.ts';
import type { AppFacts } from '../core/observation.ts';
import type { OAuthClient, PlatformUse } from '../core/platform-port.ts';
import type { NamespaceFacts, ObjectRef } from '../core/ports.ts';
import type { Sealed } from '../core/sealed.ts';
import type { World } from './ports.ts';

interface Asker {
  readonly namespace: string;
  readonly facts: NamespaceFacts;
}

/** The app that a channel names, resolved: admitted, its platform known, its client secret read. */
export async function resolveApp(
  world: World,
  ref: ObjectRef,
  asker: Asker,
  wish: Pick<PlatformUse, 'grantType' | 'accountKind'> = {},
): Promise<{ facts: AppFacts; inputs: string }> {
  return await resolved(world, ref, asker, wish);
}

type AppWorld = Pick<World, 'apps' | 'platforms' | 'registry' | 'sharedSecrets' | 'grants' | 'appFaults'>;

/** The same for the app's own sake, whoever may use it. @throws Failure where Vault or the API server is away */
export async function resolveOwnApp(world: AppWorld, ref: ObjectRef): Promise<AppFacts> {
  const facts = { uid: '', labels: {}, annotations: {}, isTerminating: false };
  return (await resolved(world, ref, { namespace: ref.namespace, facts }, {})).facts;
}

async function resolved(
  world: AppWorld,
  ref: ObjectRef,
  asker: Asker,
  wish: Pick<PlatformUse, 'grantType' | 'accountKind'>,
): Promise<{ facts: AppFacts; inputs: string }> {
  try {
    const app = await world.apps.get(ref);
    // The same answer for "not there" and "not for you": a tenant learns nothing about another namespace.
    if (app === undefined || !isAdmitted(app, asker)) throw notFound(ref, asker);
    const { platform: name } = app.spec;
    const custom = world.registry.isBuiltIn(name) ? undefined : await world.platforms.get(name);
    const isPublic = app.spec.clientType === 'Public';
    const use = { settings: app.spec.extra ?? {}, isPublic, ...wish };
    const platform = world.registry.resolve(name, custom, use);
    const { client, secretVersion } = await resolveClient(world, app);
    const { uid, generation } = app.metadata;
    const recoveries = world.appFaults.recoveries(ref);
    // What was believed by hand is not waited with either.
    const believed = app.status?.rejections?.confirmedTime ?? '';
    const versions = [uid, generation, custom?.metadata.generation ?? 0, secretVersion, recoveries, believed];
    return { facts: { state: 'Ready', app, client, platform }, inputs: versions.join('/') };
  } catch (error) {
    const failure = asFailure(error);
    // Vault or the API server being away says nothing about the app; it would only rename the trouble.
    if (failure.family === 'Transient') throw failure;
    return { facts: { state: 'Unusable', failure }, inputs: `unusable/${failure.reason}` };
  }
}

function notFound(ref: ObjectRef, asker: Asker): Failure {
  const place = `${ref.namespace}/${ref.name}`;
  if (ref.namespace === asker.namespace) {
    const message = `spec.appRef: there is no SocialApp ${place}. The channel goes on as soon as it is created.`;
    return new Failure('Misconfigured', 'AppNotFound', message, { source: 'Kubernetes' });
  }
  const message =
    `spec.appRef: SocialApp ${place} does not exist, or its allowedNamespaces does not admit namespace ` +
    `${asker.namespace}. Its owner can admit it there.`;
  return new Failure('Misconfigured', 'AppNotAllowed', message, { source: 'Kubernetes' });
}

function isAdmitted(app: SocialApp, asker: Asker): boolean {
  if (app.metadata.namespace === asker.namespace) return true;
  const { from, selector } = app.spec.allowedNamespaces;
  if (from === 'All') return true;
  if (from !== 'Selector' || selector === undefined) return false;
  return matches(asker.facts.labels, selector);
}

type Selector = NonNullable<SocialApp['spec']['allowedNamespaces']['selector']>;

/** Label selector semantics of meta/v1 LabelSelector: all requirements hold. */
function matches(found: Readonly<Record<string, string>>, selector: Selector): boolean {
  const hasLabels = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => found[key] === value);
  const meetsAll = (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = found[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
    }
    return false;
  });
  return hasLabels && meetsAll;
}

async function resolveClient(world: AppWorld, app: SocialApp): Promise<{ client: OAuthClient; secretVersion: string }> {
  const { clientId: id, clientSecretRef, clientSecretVault } = app.spec;
  const ref = { namespace: app.metadata.namespace ?? '', name: app.metadata.name };
  if (clientSecretVault === true) {
    return { client: { id, secret: await world.grants.appSecret(ref) }, secretVersion: 'vault' };
  }
  if (clientSecretRef === undefined) return { client: { id }, secretVersion: 'none' };
  const secret = await world.sharedSecrets.get({ namespace: ref.namespace, name: clientSecretRef.name });
  const place = `${ref.namespace}/${clientSecretRef.name}`;
  if (secret === undefined) {
    const message = `Secret ${place} with the client secret does not exist; create it with the label ${labels.use}: "${sharedSecretValue}".`;
    throw new Failure('Misconfigured', 'SecretNotFound', message, { source: 'Kubernetes', isAppFault: true });
  }
  return {
    client: { id, secret: secretValue(secret.data, clientSecretRef.key, place) },
    secretVersion: secret.resourceVersion,
  };
}

function secretValue(data: Readonly<Record<string, Sealed>>, key: string, place: string): Sealed {
  const value = data[key];
  if (value !== undefined && value.reveal().trim() !== '') return value;
  const message = `Secret ${place} has no key "${key}" with the client secret in it (keys: ${Object.keys(data).join(', ') || 'none'}).`;
  throw new Failure('Misconfigured', 'SecretKeyMissing', message, { source: 'Kubernetes', isAppFault: true });
}
