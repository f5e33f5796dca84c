import { parseDuration } from '../core/instant.ts';
import { isPath } from './paths.ts';
import type { PlatformSpec } from './platform.ts';

/**
 * What is wrong with a SocialPlatform, one sentence; undefined when it can be used. The API server has checked it by the
 * schema already; this is for objects that were stored under an older one, or read from a folder.
 */
export function definitionProblem(spec: PlatformSpec): string | undefined {
  return urlProblem(spec) ?? pathProblem(spec) ?? durationProblem(spec) ?? renewalProblem(spec);
}

function urlProblem({ token, introspect, identity }: PlatformSpec): string | undefined {
  const urls = {
    'token.url': token.url,
    'token.refreshURL': token.refreshURL,
    'introspect.url': introspect?.url,
    'identity.url': identity?.url,
  };
  for (const [field, url] of Object.entries(urls)) {
    if (url === undefined) continue;
    const parsed = URL.parse(url);
    if (parsed?.protocol !== 'https:') return `spec.${field} must be an https URL; secrets are never sent without TLS.`;
    if (parsed.username !== '' || parsed.password !== '') return `spec.${field} must hold no user name.`;
  }
  return undefined;
}

function pathProblem({ response, introspect, identity, errors = [] }: PlatformSpec): string | undefined {
  const paths: (string | undefined)[] = [
    ...response.accessToken,
    ...response.refreshToken,
    response.expiry.path,
    response.refreshExpiry?.path,
    ...response.scope.path,
    ...(response.accountID ?? []),
    introspect?.success?.path,
    introspect?.expiry?.path,
    ...(introspect?.scopes?.path ?? []),
    ...(introspect?.accountID ?? []),
    ...(introspect?.handle ?? []),
    ...(introspect?.clientID ?? []),
    ...(identity?.accountID ?? []),
    ...(identity?.handle ?? []),
    ...errors.flatMap((rule) => [rule.path, rule.retryAfter]),
  ];
  const wrong = paths.find((path) => path !== undefined && !isPath(path));
  return wrong === undefined ? undefined : `"${wrong}" is not a path such as data.user.id or items[0].id.`;
}

function durationProblem({ lifetimes, rotation, introspect, identity }: PlatformSpec): string | undefined {
  const durations = [
    lifetimes.access,
    lifetimes.refresh,
    lifetimes.maxIdle,
    rotation?.grace,
    introspect?.interval,
    identity?.interval,
  ];
  const wrong = durations.find((duration) => duration !== undefined && parseDuration(duration) === undefined);
  return wrong === undefined ? undefined : `"${wrong}" is not a duration such as 4h or 90m.`;
}

function renewalProblem({ refresh, rotation }: PlatformSpec): string | undefined {
  if (refresh.strategy !== 'RefreshToken' || rotation !== undefined) return undefined;
  return 'spec.rotation must say what a refresh does to the refresh token.';
}
