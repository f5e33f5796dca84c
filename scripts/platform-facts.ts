/** What the pages of docs/platforms state as facts, taken from the definition that the operator runs by. */
import { familyOf, isBlocked, meaning, type Reason, reasonAnchor } from '../src/api/reasons.ts';
import type { ErrorRule, Platform, PlatformSpec } from '../src/platforms/platform.ts';
import { inUse } from '../src/platforms/use.ts';

const startMark = '<!-- facts: written by scripts/generate-docs.ts, do not edit -->';
const endMark = '<!-- end of facts -->';

/** The page with its facts as they are now. @throws Error where the page has no place for them */
export function withFacts(page: string, facts: string): string {
  const [before, rest] = page.split(startMark);
  const [, after] = (rest ?? '').split(endMark);
  if (before === undefined || after === undefined) throw new Error(`no place for facts: ${startMark} … ${endMark}`);
  return `${before}${startMark}\n\n${facts}\n${endMark}${after}`;
}

/** The facts of one platform, for each kind of account that it has. */
export function factsOf(platform: Platform): string {
  const kinds = Object.keys(platform.variants?.kinds ?? {});
  const settings = defaultSettings(platform.spec);
  const use = { settings, isPublic: false };
  if (kinds.length === 0) {
    const { spec } = inUse(platform, use);
    return `${facts(spec, platform)}${endings([spec])}`;
  }
  const specs = kinds.map((accountKind) => [accountKind, inUse(platform, { ...use, accountKind }).spec] as const);
  const tables = specs.map(([kind, spec]) => `### \`account.kind: ${kind}\`\n\n${facts(spec, platform)}\n`).join('');
  return `${tables}### What it can say\n${endings(specs.map(([, spec]) => spec))}`;
}

/** A setting without a default stands as its example, so that an address can be shown. */
function defaultSettings({ settings = {} }: PlatformSpec): Record<string, string> {
  const shown = Object.entries(settings).map(([name, one]) => [name, one.default ?? one.example ?? 'server.example']);
  return Object.fromEntries(shown);
}

function facts(spec: PlatformSpec, platform: Platform): string {
  const rows = factRows(spec, platform).filter((row): row is [string, string] => row[1] !== undefined);
  return table(['', ''], rows);
}

function factRows(spec: PlatformSpec, platform: Platform): [string, string | undefined][] {
  const { authorize, token, lifetimes, refresh, introspect, identity, role, revoke, limits, device } = spec;
  return [
    ['Scopes by default', codes(authorize?.scopes.default ?? [])],
    ['Asked for whatever else is', codes(authorize?.scopes.always ?? [])],
    ['Consent page', authorize?.url && code(hostOf(authorize.url))],
    ['PKCE (RFC 7636)', authorize?.url && (authorize.pkce === 'None' ? 'not taken there' : authorize.pkceMethod)],
    ['Token endpoint', code(hostOf(token.url))],
    ['How the app proves itself', clientAuth[token.clientAuth]],
    ['What renews the access token', renewals[refresh.strategy]],
    ['Life of an access token, where the answer does not say it', hours(lifetimes.access)],
    ['Life of the first token', lifetimes.shortLived && `${hours(lifetimes.shortLived)}, then it is traded`],
    ['Life of a refresh token', refreshLife(spec)],
    ['The consent itself ends', consentLife(spec)],
    ['Unused logins end after', hours(lifetimes.maxIdle)],
    ['Logins of an app in testing end after', hours(lifetimes.testing)],
    ['Renewed', renewedAt(spec)],
    ['A replaced refresh token', replaced(spec)],
    ['Asked whether the token is valid', introspect && every(introspect.interval)],
    ['Asked whose it is', identity && every(identity.interval)],
    ['Asked whether it may still act', role && every(role.interval)],
    ['Roles of which one suffices', role?.accepted && codes(role.accepted)],
    ['Given back (`deletionPolicy: Revoke`)', revoke === undefined ? 'not possible there' : effects[revoke.effect]],
    ['Requests', limitsOf(limits)],
    ['Logins of one person in one app', limits?.loginsPerPerson ? `at most ${limits.loginsPerPerson}` : undefined],
    ['Device flow (RFC 8628)', device ? 'yes' : undefined],
    ['Apps without a secret', platform.variants?.publicClient ? 'yes' : undefined],
    ['OAuth 1.0a (`grantType: OAuth1`)', platform.oauth1 ? 'yes' : undefined],
    ['Tells by itself when a login ends', (spec.push ?? []).map(toldBy).join(', ') || undefined],
    ['Compared with the documentation', spec.verifiedAt],
  ];
}

function toldBy({ event, transport, receive }: NonNullable<PlatformSpec['push']>[number]): string {
  const received = receive === undefined ? 'not received' : '[received](../push.md)';
  return `${code(event)} (${transport}, ${received})`;
}

const clientAuth: Readonly<Record<PlatformSpec['token']['clientAuth'], string>> = {
  Basic: 'HTTP Basic',
  BasicRaw: 'HTTP Basic, not encoded',
  Post: 'client id and secret among the parameters',
  None: 'it only names itself',
};
const renewals: Readonly<Record<PlatformSpec['refresh']['strategy'], string>> = {
  RefreshToken: 'a refresh token',
  Exchange: 'a living token, which is traded for a longer one; once it has ended only a person helps',
  Touch: 'a call that prolongs the same token',
  ReissueClientCredentials: 'the app asks for another one',
  None: 'nothing: only a person can',
};
const effects: Readonly<Record<NonNullable<PlatformSpec['revoke']>['effect'], string>> = {
  Token: 'ends this token alone',
  Grant: 'ends this login',
  Person: 'ends everything that this person gave the app; never done while another channel lives from it',
  Project:
    'ends everything that this person gave any app of the project; never done while another channel lives from it',
};

function refreshLife({ lifetimes, refresh }: PlatformSpec): string | undefined {
  if (refresh.strategy !== 'RefreshToken') return undefined;
  const from = {
    Issue: 'from its issue',
    LastUse: 'from its last use',
    Authorization: 'from the consent on: no renewal moves that',
  }[lifetimes.refreshAnchor];
  if (lifetimes.refresh === undefined)
    return lifetimes.refreshAnchor === 'Authorization' ? `as the answer says, ${from}` : 'no end is documented';
  return `${hours(lifetimes.refresh)} ${from}`;
}

function consentLife({ lifetimes, introspect }: PlatformSpec): string | undefined {
  if (lifetimes.consent !== undefined) return `${hours(lifetimes.consent)} after it was given`;
  return introspect?.consentExpiry === undefined ? undefined : 'when the platform says; no renewal moves that';
}

function renewedAt({ refresh }: PlatformSpec): string | undefined {
  if (refresh.strategy === 'None') return undefined;
  const age = refresh.minTokenAge === undefined ? '' : `, never before it is ${hours(refresh.minTokenAge)} old`;
  return `after ${refresh.atPercentOfLifetime} % of its life${age}`;
}

function replaced({ rotation, refresh }: PlatformSpec): string | undefined {
  if (refresh.strategy !== 'RefreshToken' || rotation === undefined) return undefined;
  if (rotation.mode === 'Never') return 'there is none: it stays the same';
  const how = {
    Dies: 'is dead at once',
    Grace: `works for another ${hours(rotation.grace)}`,
    ReplayRevokesAll: 'is dead, and its re-use ends the whole login',
    Lives: 'goes on working',
  }[rotation.oldToken ?? 'Lives'];
  return `${rotation.mode === 'Always' ? 'every renewal brings a new one' : 'some renewals bring a new one'}; the old one ${how}`;
}

function limitsOf(limits: PlatformSpec['limits']): string | undefined {
  if (limits?.window === undefined) return limits?.remaining && 'as each answer says';
  const parts = [
    limits.requests && `${limits.requests} of one app`,
    limits.platformRequests && `${limits.platformRequests} of all apps together`,
  ].filter(Boolean);
  return `${parts.join(', ')} in ${hours(limits.window)}`;
}

/** What the platform can say, and what it means here. */
function endings(specs: readonly PlatformSpec[]): string {
  const told = [...new Set(specs.flatMap(({ errors = [] }) => errors.flatMap(reasonOf)))];
  const hasSecret = specs.some(({ token }) => token.clientAuth !== 'None');
  const persons = told.filter((reason) => familyOf(reason) === 'Rejected' && reason !== 'ConsentRefused');
  const held = told.filter(isBlocked);
  const ofApp = told.filter((reason) => familyOf(reason) === 'Misconfigured' && !isBlocked(reason));
  return [
    list('A person is needed when the platform says', ['AccessRevoked', ...persons]),
    list('The login stays good, and its owner has something to do at the platform', held),
    list('The app is at fault, and no channel loses its state', [
      ...(hasSecret ? ['AppSecretInvalid' as const] : []),
      ...ofApp,
    ]),
  ].join('');
}

function reasonOf({ reason }: ErrorRule): Reason[] {
  return reason === undefined ? [] : [reason];
}

function list(title: string, words: readonly Reason[]): string {
  const unique = [...new Set(words)];
  if (unique.length === 0) return '';
  const lines = unique.map(
    (word) => `- [\`${word}\`](${reasonAnchor(word).replace('docs/', '../')}): ${meaning(word)}`,
  );
  return `\n${title}:\n\n${lines.join('\n')}\n`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

/** 720h as 30 days, 4h as 4 hours. */
export function hours(duration: string | undefined): string | undefined {
  if (duration === undefined) return undefined;
  const [, h = '0', m = '0', s = '0'] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? [];
  const seconds = Number(h) * 3_600 + Number(m) * 60 + Number(s);
  const units = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ] as const;
  for (const [size, name] of units) {
    const count = seconds / size;
    if (Number.isInteger(count) && (count > 1 || size < 86_400)) return `${count} ${name}${count === 1 ? '' : 's'}`;
  }
  return duration;
}

function every(duration: string): string {
  const text = hours(duration) ?? duration;
  return `every ${text.replace(/^1 /, '')}`;
}

const code = (text: string) => `\`${text}\``;
const codes = (words: readonly string[]) => (words.length === 0 ? undefined : words.map(code).join(' '));

function hostOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}
