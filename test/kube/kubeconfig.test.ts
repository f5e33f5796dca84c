import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { PooledKubeConfig } from '../../src/kube/connection.ts';
import { inCluster, loadAccess, parseKubeconfig, sign } from '../../src/kube/kubeconfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
const write = (name: string, text: string) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const base64 = (text: string) => Buffer.from(text).toString('base64');

function kubeconfig(user: object, cluster: object = {}): string {
  return stringify({
    'current-context': 'ours',
    clusters: [
      { name: 'other', cluster: { server: 'https://elsewhere' } },
      { name: 'prod', cluster: { server: 'https://api.example.com:6443/', ...cluster } },
    ],
    contexts: [{ name: 'ours', context: { cluster: 'prod', user: 'operator', namespace: 'social-system' } }],
    users: [
      { name: 'nobody', user: { token: 'wrong' } },
      { name: 'operator', user },
    ],
  });
}
const signed = (user: object, cluster: object = {}) => sign(parseKubeconfig(kubeconfig(user, cluster), folder));

describe('a kubeconfig', () => {
  it('leads by its current context to a server, its namespace and how it is trusted', () => {
    const cluster = { 'certificate-authority': 'ca.crt', 'tls-server-name': 'api', 'proxy-url': 'http://proxy:3128' };
    expect(parseKubeconfig(kubeconfig({}, cluster), folder)).toMatchObject({
      server: 'https://api.example.com:6443',
      namespace: 'social-system',
      ca: { file: join(folder, 'ca.crt') },
      tlsServerName: 'api',
      proxyUrl: 'http://proxy:3128',
    });
  });

  it.each<[string, object, object, object]>([
    ['a token', { token: 'abc' }, {}, { headers: { authorization: 'Bearer abc' }, tls: {} }],
    [
      'a token file, which goes before a token',
      { token: 'abc', tokenFile: write('token', 'from-file\n') },
      {},
      { headers: { authorization: 'Bearer from-file' }, tls: {} },
    ],
    [
      'a client certificate as data, and a CA beside the file',
      { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
      { 'certificate-authority': write('ca.crt', 'CA') },
      { headers: {}, tls: { cert: 'CERT', key: 'KEY', ca: 'CA' } },
    ],
    [
      'no verification',
      { token: 'abc' },
      { 'insecure-skip-tls-verify': true },
      { headers: { authorization: 'Bearer abc' }, tls: { rejectUnauthorized: false } },
    ],
    [
      'a user name and a password, by client-node',
      { username: 'me', password: 'pw' },
      { 'certificate-authority-data': base64('CA') },
      { headers: { authorization: `Basic ${base64('me:pw')}` }, tls: { ca: Buffer.from('CA') } },
    ],
  ])('is signed for by %s', async (_, user, cluster, expected) => {
    expect(await signed(user, cluster)).toEqual(expected);
  });

  it('is signed for by a credential plug-in, by client-node', async () => {
    const apiVersion = 'client.authentication.k8s.io/v1';
    const credential = JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token: 'from-plug-in' } });
    const exec = { apiVersion, command: 'echo', args: [credential], interactiveMode: 'Never' };
    const { headers } = await signed({ exec });
    expect(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])).toEqual([
      ['authorization', 'Bearer from-plug-in'],
    ]);
  });

  it('reads a token again that was replaced', async () => {
    const tokenFile = write('renewed', 'one');
    const access = parseKubeconfig(kubeconfig({ tokenFile }), folder);
    await sign(access);
    write('renewed', 'two');
    expect((await sign(access)).headers).toEqual({ authorization: 'Bearer two' });
  });

  it.each([
    ['no context', 'clusters: []'],
    ['nothing', ''],
  ])('with %s is refused', (_, text) => {
    expect(() => parseKubeconfig(text, folder)).toThrow('The kubeconfig has no current context with a cluster');
  });

  it.each([
    ['without TLS', { server: 'http://api.example.com' }, 'without TLS'],
    ['through a SOCKS proxy', { 'proxy-url': 'socks5://proxy' }, 'SOCKS proxy'],
  ])('%s is refused', (_, cluster, words) => {
    expect(() => new PooledKubeConfig(parseKubeconfig(kubeconfig({}, cluster), folder))).toThrow(words);
  });
});

describe('in a pod', () => {
  it('the files of its ServiceAccount are used, and the addresses of its environment', async () => {
    for (const [name, text] of Object.entries({ namespace: 'social-system\n', token: 'pod-token', 'ca.crt': 'CA' }))
      write(name, text);
    const access = inCluster({ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }, folder);
    expect(access).toMatchObject({ server: 'https://[fd00::1]:443', namespace: 'social-system' });
    expect(await sign(access)).toEqual({ headers: { authorization: 'Bearer pod-token' }, tls: { ca: 'CA' } });
  });

  it('and nowhere else: without a kubeconfig it is said what to give', () => {
    expect(() => loadAccess(undefined, {})).toThrow('outside of a pod give --kubeconfig, or set KUBECONFIG');
  });
});
