import { isIP } from 'node:net';
import { parseDuration } from './core/instant.ts';

/** What JSON Schema can say of a value; what it cannot is found when the operator starts. */
export type ValueSchema =
  | { readonly type: 'string'; readonly pattern?: string; readonly enum?: readonly string[] }
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'array'; readonly items: ValueSchema };

/** What a setting's value may be: how it is written, and what it becomes. */
export interface Kind<T> {
  /** For the chart's values. */
  readonly schema: ValueSchema;
  /** Completes "allowed: …" in messages, the help text and the documentation. */
  readonly allowed: string;
  /** Undefined where the text is not of this kind. */
  parse(text: string): T | undefined;
  /** A switch may stand without a value: `--vault-allow-http`. */
  readonly isSwitch?: boolean;
  /** May be given several times; each occurrence adds. */
  readonly isList?: boolean;
  /** Whether a wrong value may be a secret that was put in the wrong place: messages do not repeat it then. */
  readonly mayBeSecret?: (value: string) => boolean;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** All requests of a built-in platform go to `base` instead of the platform's own hosts. */
export interface PlatformEndpoint {
  readonly platform: string;
  readonly base: string;
}

const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const PATH_SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

export function word(allowed: string, pattern: RegExp): Kind<string> {
  const schema = { type: 'string', pattern: pattern.source } as const;
  return { allowed, schema, parse: (text) => (pattern.test(text) ? text : undefined) };
}

export const text: Kind<string> = word('any text without control characters', /^\P{Cc}+$/u);

export const dnsLabel: Kind<string> = word('a DNS label: lower-case letters, digits and "-", up to 63', DNS_LABEL);

export const domain: Kind<string> = {
  allowed: 'a domain such as example.com',
  schema: { type: 'string', pattern: '^[A-Za-z0-9.-]+$' },
  parse: (value) => (/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(value) ? value.toLowerCase() : undefined),
};

export const mailAddress: Kind<string> = word('an e-mail address such as dana@example.com', /^[^@\s<>,]+@[^@\s<>,]+$/);

/** A path inside Vault, without leading or trailing slash, so that no segment can climb. */
export const vaultPath: Kind<string> = {
  allowed: 'path segments of letters, digits, ".", "_" and "-" joined by "/", none starting with "." or "-"',
  schema: { type: 'string' },
  parse: (value) => (value.split('/').every((segment) => PATH_SEGMENT.test(segment)) ? value : undefined),
};

/** Demands a slash, so that a token or secret pasted in place of its file's path is refused (and not printed). */
export const file: Kind<string> = {
  allowed: 'the path of a file, with at least one "/"',
  schema: { type: 'string', pattern: '/' },
  mayBeSecret: (value) => !value.includes('/'),
  parse: (value) => (value.includes('/') && /^\P{Cc}+$/u.test(value) ? value : undefined),
};

export function choice<T extends string>(...values: readonly T[]): Kind<T> {
  return {
    allowed: `one of ${values.join(', ')}`,
    schema: { type: 'string', enum: values },
    parse: (value) => values.find((known) => known === value),
  };
}

export function count(from: number, to: number): Kind<number> {
  return {
    allowed: `a whole number from ${from} to ${to}`,
    schema: { type: 'integer', minimum: from, maximum: to },
    parse: (value) => {
      const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
      return number >= from && number <= to ? number : undefined;
    },
  };
}

export const onOff: Kind<boolean> = {
  allowed: 'true or false',
  schema: { type: 'boolean' },
  isSwitch: true,
  parse: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
};

/** Milliseconds. Days too, which Kubernetes durations do not know: the longest lives are told in them. */
export const duration: Kind<number> = {
  allowed: 'a duration above zero: 500ms, 150s, 1h30m, 400d',
  schema: { type: 'string', pattern: '^([0-9]+(ms|[dhms]))+$' },
  parse: (value) => {
    const [, days, rest = ''] = /^(?:(\d{1,5})d)?(.*)$/s.exec(value) ?? [];
    const restMs = rest === '' ? 0 : parseDuration(rest);
    if (restMs === undefined) return undefined;
    const wholeMs = Number(days ?? 0) * 86_400_000 + restMs;
    return wholeMs > 0 && Number.isSafeInteger(wholeMs) ? wholeMs : undefined;
  },
};

/** `host:port`, an IPv6 host in brackets. */
export const hostPort: Kind<HostPort> = {
  allowed: 'host:port, such as 10.0.0.5:8443 or [::1]:8443',
  schema: { type: 'string', pattern: ':[0-9]+$' },
  parse: (value) => {
    const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(value) ?? [];
    const host = bracketed ?? plain;
    const port = Number(digits);
    return host === undefined || port > 65_535 ? undefined : { host, port };
  },
};

/** `https://name:password@host` and `https://host?token=…`. */
function holdsCredentials(value: string): boolean {
  return /[@?#]/.test(value);
}

/** An address without user name, password, query or fragment; the trailing slash is dropped. */
export function url(...schemes: readonly ('https' | 'http')[]): Kind<string> {
  return {
    allowed: `an address with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}, without user name, query or fragment`,
    schema: { type: 'string', pattern: `^(${schemes.join('|')})://[^?#@]+$` },
    mayBeSecret: holdsCredentials,
    parse: (value) => {
      if (!URL.canParse(value) || /\s/.test(value)) return undefined;
      const parsed = new URL(value);
      const isKnown = schemes.some((scheme) => parsed.protocol === `${scheme}:`);
      const isBare = parsed.username === '' && parsed.password === '' && !/[?#]/.test(value);
      return isKnown && isBare ? parsed.href.replace(/\/$/, '') : undefined;
    },
  };
}

/** Compared letter by letter with what the server says of itself, so a slash at its end stays (OpenID Connect Discovery 4.3). */
export const issuer: Kind<string> = {
  ...url('https'),
  parse: (value) => (url('https').parse(value) === undefined ? undefined : value),
};

/** The pages set cookies that a browser keeps for TLS alone; on loopback it keeps them without. */
export const pagesAddress: Kind<string> = {
  allowed: 'an address with https:// (http:// on loopback only), without user name, query or fragment',
  schema: { type: 'string', pattern: '^https?://[^?#@]+$' },
  mayBeSecret: holdsCredentials,
  parse: (value) => {
    const parsed = url('https', 'http').parse(value);
    if (parsed === undefined) return undefined;
    const { protocol, hostname } = new URL(parsed);
    const isLoopback = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
    return protocol === 'https:' || isLoopback ? parsed : undefined;
  },
};

/** A network as proxies are listed by: `10.0.0.0/8`, `fd00::/8`. */
export const network: Kind<string> = {
  allowed: 'a network such as 10.0.0.0/8 or fd00::/8',
  schema: { type: 'string', pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$' },
  parse: (value) => {
    const [, address = '', bits = ''] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(value) ?? [];
    const most = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
    return Number(bits) <= most ? value : undefined;
  },
};

export const platformEndpoint: Kind<PlatformEndpoint> = {
  allowed: 'name=https://host:port, the address without user name, query or fragment',
  schema: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?=https://[^?#@]+$' },
  mayBeSecret: holdsCredentials,
  parse: (value) => {
    const [, platform, address = ''] = /^([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)=(.+)$/.exec(value) ?? [];
    const base = url('https').parse(address);
    return platform === undefined || base === undefined ? undefined : { platform, base };
  },
};

/** Several values: the flag repeated, or commas between. */
export function list<T>(item: Kind<T>): Kind<readonly T[]> {
  return {
    allowed: `${item.allowed}; several with commas, or the flag repeated`,
    schema: { type: 'array', items: item.schema },
    isList: true,
    mayBeSecret: item.mayBeSecret ?? (() => false),
    parse: (value) => {
      const parts = value.split(',').map((part) => part.trim());
      const parsed = parts.filter((part) => part !== '').map((part) => item.parse(part));
      return parsed.every((one) => one !== undefined) ? Object.freeze(parsed) : undefined;
    },
  };
}
