import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config.ts';
import { settings } from '../../src/config-settings.ts';
import { readAccess } from '../../src/web/pages/access.ts';

const read = (name: string) => readFileSync(new URL(`../../deploy/pages/${name}`, import.meta.url), 'utf8');
const documentsOf = (name: string) => parseAllDocuments(read(name)).map((one) => one.toJS());

describe('the examples for the pages', () => {
  it('have an access file that is read', () => {
    expect(readAccess(read('access.yaml')).map(({ connect, see }) => [...connect, ...see])).toEqual([
      ['stage-crew', 'show-managers'],
      ['festival-crew'],
      ['platform-team'],
    ]);
  });

  it('reach the port that the pages have unless another one is set', () => {
    const [service] = documentsOf('service.yaml');
    expect(service.spec.ports[0].targetPort).toBe(loadConfig(['--vault-address=https://a'], {}).pagesAddress.port);
    const [ingress] = documentsOf('ingress.yaml');
    const [, route] = documentsOf('gateway.yaml');
    const { name } = service.metadata;
    expect(ingress.spec.rules[0].http.paths[0].backend.service).toEqual({
      name,
      port: { name: service.spec.ports[0].name },
    });
    expect(route.spec.rules[0].backendRefs).toEqual([{ name, port: service.spec.ports[0].port }]);
  });

  it('speak TLS at the address of the example of --pages-url', () => {
    const { host } = new URL(settings.pagesURL.example);
    const [ingress] = documentsOf('ingress.yaml');
    const [gateway, route] = documentsOf('gateway.yaml');
    expect(ingress.spec.tls[0].hosts).toEqual([host]);
    expect(ingress.spec.rules[0].host).toBe(host);
    expect(gateway.spec.listeners).toMatchObject([{ protocol: 'HTTPS', hostname: host }]);
    expect(route.spec.hostnames).toEqual([host]);
  });
});
