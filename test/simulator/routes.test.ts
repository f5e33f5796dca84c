import { describe, expect, it } from 'vitest';
import type { Platform, PlatformRequest } from './platform.ts';
import { type Route, RouteTable } from './routes.ts';
import { sample } from './sample-platform.ts';

const request = (method: string, path: string, query = ''): PlatformRequest => ({
  ...{ method, path, query: new URLSearchParams(query), headers: {}, body: '' },
  ...{ form: new URLSearchParams(), json: null },
});

const route = (path: string, more: Partial<Route> = {}): Route => ({
  ...{ method: 'GET', path, operation: 'identity', answer: () => ({ status: 200, body: {} }) },
  ...more,
});

const platform = (name: string, ...routes: Route[]): Platform => ({ ...sample, name, routes });

const table = (...paths: string[]) => new RouteTable([platform('one', ...paths.map((path) => route(path)))]);

function found(routes: RouteTable, path: string, method = 'GET') {
  const match = routes.find(request(method, path));
  return typeof match === 'string' ? match : { path: match.route.path, params: match.params };
}

describe('the route of a request', () => {
  it.each<[string, string[]]>([
    ['/h/:version/:node, /h/:version/me, /h/oauth/me', ['/h/:version/:node', '/h/:version/me', '/h/oauth/me']],
    ['/h/oauth/me, /h/:version/me, /h/:version/:node', ['/h/oauth/me', '/h/:version/me', '/h/:version/:node']],
  ])('is the most exact of those that fit, in whatever order they stand: %s', (_name, paths) => {
    const routes = table(...paths);
    expect(found(routes, '/h/oauth/me')).toEqual({ path: '/h/oauth/me', params: {} });
    expect(found(routes, '/h/v2/me')).toEqual({ path: '/h/:version/me', params: { version: 'v2' } });
    expect(found(routes, '/h/v2/77')).toEqual({ path: '/h/:version/:node', params: { version: 'v2', node: '77' } });
  });

  it.each<[string, string, unknown]>([
    ['a parameter as it arrived, encoded', '/h/(a:urn%3Ab)', { path: '/h/:node', params: { node: '(a:urn%3Ab)' } }],
    ['nothing for an empty segment', '/h/', 'no-such-path'],
    ['nothing for a longer path', '/h/a/b', 'no-such-path'],
    ['nothing for a shorter path', '/h', 'no-such-path'],
  ])('has %s', (_name, path, expected) => {
    expect(found(table('/h/:node'), path)).toEqual(expected);
  });

  it('is told apart from a path that is there with another method', () => {
    expect(found(table('/h/:node'), '/h/a', 'DELETE')).toBe('no-such-method');
  });

  it('may fit by its method where a more exact path has another', () => {
    const routes = new RouteTable([platform('one', route('/h/me'), route('/h/:node', { method: 'DELETE' }))]);
    expect(found(routes, '/h/me', 'DELETE')).toEqual({ path: '/h/:node', params: { node: 'me' } });
  });

  it('asks what the request is where one address serves several operations', () => {
    const operation: Route['operation'] = ({ query }, { node }) => (query.has('x') || node === 'x' ? 'derive' : 'role');
    const routes = new RouteTable([platform('one', route('/h/:node', { operation }))]);
    const operations = [request('GET', '/h/a'), request('GET', '/h/a', 'x=1'), request('GET', '/h/x')].map((one) => {
      const match = routes.find(one);
      return typeof match === 'string' ? match : match.operation;
    });
    expect(operations).toEqual(['role', 'derive', 'derive']);
  });

  it('belongs to the platform of its host', () => {
    const routes = new RouteTable([platform('one', route('/h/a')), platform('two', route('/i/:node'))]);
    expect(routes.ownerOf('/i/unknown/path')?.name).toBe('two');
    expect(routes.ownerOf('/j/a')).toBeUndefined();
  });

  it('may be shared by platforms, one of which each request is for', () => {
    const shared = route('/h/:node');
    const [one, two] = [platform('one', shared), platform('two', shared)];
    const routes = new RouteTable([one, two]);
    const served = (choose?: () => Platform | undefined) => {
      const match = routes.find(request('GET', '/h/a'), choose);
      return typeof match === 'string' ? match : match.platform.name;
    };
    expect([served(), served(() => two), served(() => undefined)]).toEqual(['one', 'two', 'one']);
    expect(() => new RouteTable([one, platform('three', route('/h/:node'))])).toThrow('two routes for GET /h/:node');
  });

  it('cannot be declared twice, whatever its parameters are called', () => {
    expect(() => table('/h/:version/me', '/h/:other/me')).toThrow('two routes for GET /h/:other/me');
  });
});
