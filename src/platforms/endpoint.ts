import type { Platform, PlatformSpec } from './platform.ts';

/**
 * The platform with every URL that requests go to under `base`: `https://id.example.com/token` becomes
 * `<base>/id.example.com/token`. What people read, and what they open in a browser, moves too.
 */
export function withEndpoint(platform: Platform, base: string): Platform {
  const root = base.replace(/\/+$/, '');
  const move = (url: string) => `${root}/${url.replace(/^https:\/\//, '')}`;
  const { oauth1, variants = {} } = platform;
  return {
    ...platform,
    spec: moved(platform.spec, move) as PlatformSpec,
    variants: moved(variants, move) as typeof variants,
    ...(oauth1 === undefined
      ? {}
      : {
          oauth1: {
            ...oauth1,
            requestURL: move(oauth1.requestURL),
            authorizeURL: move(oauth1.authorizeURL),
            tokenURL: move(oauth1.tokenURL),
          },
        }),
  };
}

/** Every `url` at any depth; documentation stays where it is. */
function moved(value: unknown, move: (url: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => moved(one, move));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'url' && typeof inner === 'string' ? move(inner) : moved(inner, move),
    ]),
  );
}
