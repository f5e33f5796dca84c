import { parseDuration } from '../core/instant.ts';
import { isPath } from './paths.ts';
import type { PlatformSpec } from './platform.ts';

/**
 * What is wrong with a SocialPlatform, one sentence; undefined when it can be used. The API server has checked it by the
 * schema already; this is for what a schema cannot say, and for objects that were stored under an older one.
 */
export function definitionProblem(spec: PlatformSpec): string | undefined {
  return (
    urlProblem(spec) ??
    settingProblem(spec) ??
    extraProblem(spec) ??
    pathProblem(spec) ??
    durationProblem(spec) ??
    renewalProblem(spec)
  );
}

/** Every text of the spec with its place, such as `token.refresh.url`. */
function* texts(value: unknown, place = ''): Generator<readonly [place: string, text: string]> {
  if (typeof value === 'string') yield [place, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    yield* texts(inner, Array.isArray(value) ? `${place}[${name}]` : place === '' ? name : `${place}.${name}`);
  }
}

function urlProblem(spec: PlatformSpec): string | undefined {
  for (const [field, url] of texts(spec)) {
    if (!/(^|\.)(url|docsURL)$/.test(field)) continue;
    const parsed = URL.parse(url.replace(/\{\{[^{}]*\}\}/g, 'filled-in'));
    if (parsed?.protocol !== 'https:') return `spec.${field} must be an https URL; secrets are never sent without TLS.`;
    if (parsed.username !== '' || parsed.password !== '') return `spec.${field} must hold no user name.`;
  }
  return undefined;
}

/** A setting that is used and not declared would reach the platform as a template. */
function settingProblem(spec: PlatformSpec): string | undefined {
  const declared = Object.keys(spec.settings ?? {});
  for (const [field, text] of texts(spec)) {
    for (const [, name = ''] of text.matchAll(/\{\{settings\.([A-Za-z0-9]+)\}\}/g)) {
      if (!declared.includes(name)) return `spec.${field} uses {{settings.${name}}}, and spec.settings has no ${name}.`;
    }
  }
  return undefined;
}

/** What a request sends back must be kept from somewhere. */
function extraProblem(spec: PlatformSpec): string | undefined {
  const kept = [...Object.keys(spec.callback.persist ?? {}), ...Object.keys(spec.response.persist ?? {})];
  for (const [field, text] of texts(spec)) {
    for (const [, name = ''] of text.matchAll(/\{\{extras\.([A-Za-z0-9_]+)\}\}/g)) {
      if (!kept.includes(name))
        return `spec.${field} uses {{extras.${name}}}, and neither spec.callback.persist nor spec.response.persist keeps ${name}.`;
    }
  }
  return undefined;
}

function pathProblem({
  response,
  introspect,
  identity,
  role,
  derive,
  device,
  limits,
  push = [],
  errors = [],
}: PlatformSpec) {
  const calls = [introspect, identity, role, derive];
  const paths: (string | undefined)[] = [
    ...response.accessToken,
    ...response.refreshToken,
    response.success?.path,
    response.expiry.path,
    response.refreshExpiry?.path,
    ...response.scope.path,
    ...(response.accountID ?? []),
    ...Object.values(response.persist ?? {}),
    ...calls.flatMap((call) => [...(call?.handle ?? []), ...(call && 'success' in call ? [call.success?.path] : [])]),
    introspect?.expiry?.path,
    introspect?.consentExpiry?.path,
    ...(introspect?.scopes?.path ?? []),
    introspect?.assetScopes?.list,
    introspect?.assetScopes?.scope,
    introspect?.assetScopes?.assets,
    ...[introspect?.accountID, introspect?.personID, introspect?.clientID, identity?.accountID].flatMap(
      (list) => list ?? [],
    ),
    ...[role?.pick, derive?.pick].flatMap((pick) => [pick?.list, ...(pick?.where ?? []), pick?.next?.path]),
    role?.roles,
    ...(derive?.accessToken ?? []),
    ...(device?.verificationURI ?? []),
    ...(device?.word ?? []),
    limits?.remaining,
    limits?.reset,
    ...push.flatMap(({ receive }) => [
      ...(receive?.subject ?? []),
      ...(receive?.signature?.over ?? []),
      receive?.id,
      receive?.name,
      receive?.timestamp,
      receive?.challenge?.path,
      receive?.challenge?.answer,
    ]),
    ...errors.flatMap((rule) => [rule.path, rule.retryAfter, ...(rule.and ?? []).map(({ path }) => path)]),
  ];
  const wrong = paths.find((path) => path !== undefined && !isPath(path));
  return wrong === undefined ? undefined : `"${wrong}" is not a path such as data.user.id or items[0].id.`;
}

function durationProblem(spec: PlatformSpec): string | undefined {
  const { lifetimes, rotation, refresh, touch, limits, errors = [] } = spec;
  const durations = [
    lifetimes.access,
    lifetimes.refresh,
    lifetimes.maxIdle,
    lifetimes.consent,
    lifetimes.shortLived,
    lifetimes.testing,
    rotation?.grace,
    refresh.minTokenAge,
    refresh.upgradeBelow,
    touch?.life,
    limits?.window,
    spec.introspect?.interval,
    spec.identity?.interval,
    spec.role?.interval,
    ...errors.map(({ youngerThan }) => youngerThan),
  ];
  const wrong = durations.find((duration) => duration !== undefined && parseDuration(duration) === undefined);
  return wrong === undefined ? undefined : `"${wrong}" is not a duration such as 4h or 90m.`;
}

function renewalProblem({ refresh, rotation, touch, token, derive }: PlatformSpec): string | undefined {
  if (['RefreshToken', 'Exchange'].includes(refresh.strategy) && rotation === undefined)
    return 'spec.rotation must say what a refresh does to the refresh token.';
  if (refresh.strategy === 'Touch' && touch === undefined) return 'spec.touch must say which call prolongs a token.';
  if (derive !== undefined && !['Exchange', 'None'].includes(refresh.strategy))
    return "spec.derive goes with strategy Exchange or None: the person's own token is kept where a refresh token would be.";
  if ((refresh.upgradeBelow === undefined) !== (token.upgrade === undefined))
    return 'spec.token.upgrade and spec.refresh.upgradeBelow go together.';
  return undefined;
}
