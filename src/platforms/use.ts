import { Failure } from '../core/failure.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { PlatformUse } from '../core/platform-port.ts';
import { overlaid, type Platform, type PlatformSpec } from './platform.ts';

/**
 * The platform as one app uses it for one kind of channel: variants laid over, settings filled in. What is left holds no
 * `{{settings.<name>}}` any more.
 * @throws Failure `AppSettingsInvalid`, `AccountKindUnknown` or `GrantTypeUnsupported`
 */
export function inUse(platform: Platform, use: PlatformUse): Platform {
  const { variants = {} } = platform;
  const spec = overlaid(
    platform.spec,
    kindOf(platform, use),
    use.isPublic ? variants.publicClient : undefined,
    use.grantType === 'OAuth1' ? oauth1Of(platform) : undefined,
  );
  const { oauth1, ...oauth2 } = platform;
  const isOAuth1 = use.grantType === 'OAuth1' && oauth1 !== undefined;
  return { ...oauth2, ...(isOAuth1 ? { oauth1 } : {}), spec: withSettings(spec, settingsOf(spec, use)) };
}

function kindOf({ spec, variants }: Platform, { accountKind }: PlatformUse) {
  const kinds = variants?.kinds;
  if (kinds === undefined) return undefined;
  const known = Object.keys(kinds);
  const kind = accountKind ?? known[0] ?? '';
  const found = Object.entries(kinds).find(([name]) => name === kind);
  if (found !== undefined) return found[1];
  const message = `spec.account.kind: ${spec.displayName} has no accounts of the kind "${kind}". Known: ${known.join(', ')}. Nothing is sent until it is corrected.`;
  throw new Failure('Misconfigured', 'AccountKindUnknown', message, { source: 'Operator' });
}

function oauth1Of({ spec, variants }: Platform) {
  if (variants?.oauth1 !== undefined) return variants.oauth1;
  const message = `spec.grantType: ${spec.displayName} has no OAuth 1.0a. Nothing is sent; delete the channel and create it with grantType: User.`;
  throw new Failure('Misconfigured', 'GrantTypeUnsupported', message, { source: 'Operator' });
}

const hostSyntax = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z]([-a-z0-9]*[a-z0-9])?$/;
const textSyntax = /^[A-Za-z0-9._-]{1,128}$/;

/** What the app says, and the defaults of what it does not say; every problem at once. */
function settingsOf(spec: PlatformSpec, { settings: given }: PlatformUse): Readonly<Record<string, string>> {
  const declared = spec.settings ?? {};
  const problems = Object.keys(given)
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => unknownSetting(name, Object.keys(declared)));
  const values: Record<string, string> = {};
  for (const [name, { kind, default: otherwise, description, example }] of Object.entries(declared)) {
    const value = given[name] ?? otherwise;
    const hint = example === undefined ? '' : `, such as ${example}`;
    if (value === undefined) problems.push(`${name} is needed: ${description}${hint}`);
    else if (!(kind === 'Host' ? hostSyntax : textSyntax).test(value)) {
      const what = kind === 'Host' ? 'the name of a server' : 'text of letters, digits, ".", "_" and "-"';
      problems.push(`${name} must be ${what}${hint}`);
    } else values[name] = value;
  }
  if (problems.length === 0) return values;
  const message = `spec.extra does not fit ${spec.displayName}: ${problems.join('; ')}. Nothing is sent until it is corrected.`;
  throw new Failure('Misconfigured', 'AppSettingsInvalid', message, { source: 'Operator', isAppFault: true });
}

function unknownSetting(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  if (near !== undefined) return `${name} is no setting of it, did you mean ${near}?`;
  return `${name} is no setting of it (${known.length === 0 ? 'it has none' : `known: ${known.join(', ')}`})`;
}

function withSettings(spec: PlatformSpec, settings: Readonly<Record<string, string>>): PlatformSpec {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return filledIn(value, settings);
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner)]));
  };
  return fill(spec) as PlatformSpec;
}

function filledIn(text: string, settings: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{settings\.([A-Za-z0-9]+)\}\}/g, (whole, name: string) => settings[name] ?? whole);
}
