import type { Operation } from './model.ts';
import type { Answer, Call, Platform, PlatformRequest } from './platform.ts';

/** Where the parameters of a path say more than the request: `{ node: 'me' }`. */
type Params = Readonly<Record<string, string>>;

export interface Route {
  method: 'GET' | 'POST' | 'DELETE' | 'PUT';
  /** A segment that begins with a colon stands for any one segment: `/graph.facebook.com/:version/:node`. */
  path: string;
  /** A function where one address serves several: a code or a living token, by `grant_type`. */
  operation: Operation | ((request: PlatformRequest, params: Params) => Operation);
  answer(call: Call): Answer;
}

export interface Found {
  platform: Platform;
  route: Route;
  operation: Operation;
  params: Params;
}

interface Entry {
  platform: Platform;
  route: Route;
  segments: readonly string[];
}

const isParameter = (segment: string): boolean => segment.startsWith(':');

const fits = (pattern: readonly string[], segments: readonly string[]): boolean =>
  pattern.length === segments.length &&
  pattern.every((part, at) => (isParameter(part) ? segments[at] !== '' : part === segments[at]));

/** Sorts a path that is written out before one with a parameter there, by the first segment in which they differ. */
const exactness = ({ segments }: Entry): string => segments.map((part) => (isParameter(part) ? '1' : '0')).join('');

/** Which of the platforms that share an address a request is for; undefined is the first. */
export type Choose = (platforms: readonly Platform[]) => Platform | undefined;

/** All platforms' routes. Exact ones win over those with parameters. */
export class RouteTable {
  readonly #entries: Entry[] = [];

  constructor(platforms: readonly Platform[]) {
    const known = new Map<string, Route>();
    for (const platform of platforms) {
      for (const route of platform.routes) {
        const segments = route.path.split('/');
        const shape = [route.method, ...segments.map((segment) => (isParameter(segment) ? ':' : segment))].join('/');
        if ((known.get(shape) ?? route) !== route) {
          throw new Error(`two routes for ${route.method} ${route.path}`);
        }
        known.set(shape, route);
        this.#entries.push({ platform, route, segments });
      }
    }
    this.#entries.sort((one, other) => (exactness(one) < exactness(other) ? -1 : 1));
  }

  /** The route of a request, else why there is none. Platforms share an address by having the same route object. */
  find(request: PlatformRequest, choose: Choose = () => undefined): Found | 'no-such-path' | 'no-such-method' {
    const segments = request.path.split('/');
    const candidates = this.#entries.filter((entry) => fits(entry.segments, segments));
    const first = candidates.find(({ route }) => route.method === request.method);
    if (!first) {
      return candidates.length > 0 ? 'no-such-method' : 'no-such-path';
    }
    const sharing = candidates.filter(({ route }) => route === first.route);
    const chosen = sharing.length > 1 ? choose(sharing.map((one) => one.platform)) : undefined;
    const entry = sharing.find((one) => one.platform === chosen) ?? first;
    const { platform, route } = entry;
    const pairs = entry.segments.map((part, at): [string, string] => [part.slice(1), segments[at] ?? '']);
    const params = Object.fromEntries(pairs.filter((_pair, at) => isParameter(entry.segments[at] ?? '')));
    const operation = typeof route.operation === 'string' ? route.operation : route.operation(request, params);
    return { platform, route, operation, params };
  }

  /** The platform that serves a path's host. */
  ownerOf(path: string): Platform | undefined {
    const host = path.split('/')[1];
    return this.#entries.find(({ segments }) => segments[1] === host)?.platform;
  }
}
