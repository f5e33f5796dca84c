import type { RecordedRequest } from '../test/harness/fault-proxy.ts';
import type { RequestMatch } from '../test/harness/fault-rules.ts';

/** What stands behind one of the proxies that the operator talks through. */
export const servers = ['vault', 'kubernetes', 'platform'] as const;
export type Server = (typeof servers)[number];

type Asked = Pick<RecordedRequest, 'method' | 'path' | 'body'>;

/** What goes on by itself beside every path: logins, leases, watches and their lists. */
const background =
  /\/auth\/|\/leases(?:\/|\?|$)|[?&]watch=|[?&]limit=|[?&]dryRun=|\/sys\/|selfsubject|\/data\/[^/]+\/keys\//;

/** A replica writes itself into the Lease of a share: to take it, and again and again to keep it. */
export const taking = 'kubernetes PATCH leases/{share}';
const isTaking = /\/leases\/[^/?]+-bucket-/;

/** Each cell has a channel and an app of its own, which all are called the same. */
const ownNames = /(?<![a-z])(live|app)-[0-9a-f]{6}(?![0-9a-f])/g;

/** A call by what it does, without the names of one run: `vault POST channels/live/grant (claim)`. No query: tokens stand there. */
export function callOf(server: Server, asked: Asked): string | undefined {
  const request = { ...asked, path: asked.path.replace(ownNames, '$1') };
  if (server === 'kubernetes' && request.method === 'PATCH' && isTaking.test(request.path)) return taking;
  if (background.test(request.path)) return undefined;
  const [path = '', query = ''] = request.path.split('?');
  const [, object] = server === 'kubernetes' ? (/fieldSelector=metadata\.name(?:=|%3D)([^&]+)/.exec(query) ?? []) : [];
  const which = object === undefined ? '' : `[${object}]`;
  return `${server} ${request.method} ${tailOf(server, path)}${which}${purposeOf(server, request)}`;
}

function tailOf(server: Server, path: string): string {
  if (server === 'platform') return path.slice(1);
  if (server === 'vault') {
    const tail = path.replace(/^\/v1\/[^/]+\/(data|metadata|destroy)\/[^/]+\//, (_, kind) =>
      kind === 'data' ? '' : `${kind} `,
    );
    return tail.replace(/channels\/[^/]+\//, 'channels/').replace(/[0-9a-f]{64}/, '{hash}');
  }
  const tail = path.replace(/^\/apis?\/(?:[^/]+\.[^/]+\/)?v[^/]+\//, '').replace(/^namespaces\/[^/]+\//, '');
  return tail
    .replace(/^namespaces\/[^/]+$/, 'namespaces/{name}')
    .replace(/^(events|socialplatforms)\/[^/]+/, '$1/{name}')
    .replace(/socialchannel-escrow-[0-9a-f]{40}/, '{escrow}');
}

function purposeOf(server: Server, { method, body }: Asked): string {
  if (method !== 'POST') return '';
  const pattern = server === 'vault' ? /"writeId":"(claim|release|commit)-/ : /grant_type=([a-z_]+)/;
  const [, purpose] = server === 'kubernetes' ? [] : (pattern.exec(body) ?? []);
  return purpose === undefined ? '' : ` (${purpose})`;
}

export function serverOf(call: string): Server {
  const server = servers.find((name) => call.startsWith(`${name} `));
  if (server === undefined) throw new Error(`"${call}" is no call: it begins with one of ${servers.join(', ')}`);
  return server;
}

const anyOwnName = /\b(live|app)(?=[-/]|$)/g;
const withOwnEnding = '$1(?:-[0-9a-f]{6})?';

/** What meets exactly the requests that are called so. */
export function matchOf(call: string): RequestMatch {
  const [, server, method = '', tail = '', object, purpose] =
    /^(\S+) (\S+) (.+?)(?:\[(\S+)\])?(?: \((\w+)\))?$/.exec(call) ?? [];
  const pattern = tail
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace('{hash}', '[0-9a-f]{64}')
    .replace('{name}', '[^/?]+')
    .replace('{share}', '[^/?]+-bucket-[^/?]+')
    .replace('{escrow}', 'socialchannel-escrow-[0-9a-f]{40}')
    .replace(anyOwnName, withOwnEnding)
    .replace(/^(metadata|destroy) /, '$1/[^/]+/')
    .replace(/(?<![a-z])channels\//, 'channels/[^/]+/');
  const before = server === 'vault' && !/^(metadata|destroy) /.test(tail) ? 'data/[^/]+/' : '/';
  const which =
    object === undefined
      ? ''
      : `\\?.*fieldSelector=metadata\\.name(?:=|%3D)${object.replace(anyOwnName, withOwnEnding)}(?:&|$)`;
  return {
    method,
    path: new RegExp(`${before}${pattern}${which || '(?:\\?(?!.*(?:watch=|limit=|fieldSelector=))|$)'}`),
    ...(method === 'POST' && server !== 'kubernetes' ? { body: bodyOf(server, purpose) } : {}),
  };
}

function bodyOf(server: string | undefined, purpose: string | undefined): RegExp {
  if (server === 'vault')
    return purpose === undefined
      ? /^(?!.*"writeId":"(?:claim|release|commit)-)/s
      : new RegExp(`"writeId":"${purpose}-`);
  return purpose === undefined ? /^(?!.*grant_type=)/s : new RegExp(`grant_type=${purpose}(?:&|$)`);
}

/** A request as a trace shows it: the call, how it was answered, and what a rule did to it. */
export function shown(call: string, { status, fault, broken }: RecordedRequest): string {
  const ending = broken !== undefined ? 'broken' : (status ?? 'unanswered');
  return fault === undefined ? `${call}: ${ending}` : `${call}: ${ending}, ${fault}`;
}

/** The connection broke after it was passed on, so that nobody saw a status, or the platform said yes. */
export const isGranted = ({ status, broken }: RecordedRequest): boolean =>
  status === undefined ? broken !== undefined : status < 300;
