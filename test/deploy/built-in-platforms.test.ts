import { describe, expect, it } from 'vitest';
import type { Platform } from '../../src/platforms/platform.ts';
import { builtInPlatforms } from '../../src/platforms/registry.ts';
import { inUse } from '../../src/platforms/use.ts';
import { tryOut } from './admission.ts';

/** Every way in which a built-in platform can be used. */
function usesOf({ name, variants = {} }: Platform) {
  const usual = { settings: {}, isPublic: false };
  const kinds = Object.keys(variants.kinds ?? {});
  return [
    { name, use: usual },
    ...kinds.map((accountKind) => ({ name: `${name} ${accountKind}`, use: { ...usual, accountKind } })),
    ...(variants.publicClient === undefined
      ? []
      : [{ name: `${name}, public client`, use: { ...usual, isPublic: true } }]),
    ...(variants.oauth1 === undefined
      ? []
      : [{ name: `${name}, OAuth 1.0a`, use: { ...usual, grantType: 'OAuth1' as const } }]),
  ];
}

describe.each(builtInPlatforms)('the built-in platform $name', (platform) => {
  it.each(usesOf(platform))('$name says nothing that a SocialPlatform could not say', async ({ use }) => {
    const spec = JSON.parse(JSON.stringify(inUse(platform, use).spec));
    // Equal, so that no default of the API server is missing from what the engine works with.
    expect(await tryOut('SocialPlatform', spec)).toHaveProperty('spec', spec);
  });
});
