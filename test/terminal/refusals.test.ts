import { describe, expect, it } from 'vitest';
import { refusal, trouble } from '../../src/cli/refusals.ts';

const asked = {
  doing: 'list the SocialChannels of namespace a',
  path: '/apis/socialops.dev/v1alpha1/namespaces/a/socialchannels',
};
const status = (message: string, details?: object) => JSON.stringify({ kind: 'Status', message, details });

describe('an answer that refuses', () => {
  it.each([
    [
      401,
      'Unauthorized',
      'Forbidden',
      'the API server does not accept your login (401). Log in again as you do for kubectl.',
    ],
    [
      403,
      status('pods is forbidden: User "dana" cannot list resource "pods" in API group "" at the cluster scope'),
      'Forbidden',
      'you are "dana", who may not list pods in the whole cluster. An administrator gives it: kubectl create clusterrole NAME --verb=list --resource=pods, and a clusterrolebinding for you. Or ask for one namespace with -n.',
    ],
    [
      403,
      status(
        'users "root" is forbidden: User "dana" cannot impersonate resource "users" in API group "" at the cluster scope',
      ),
      'Forbidden',
      'you are "dana", who may not act as another user. Leave out --as, or ask a cluster administrator for that permission.',
    ],
    [
      403,
      status('admission webhook "x" denied the request'),
      'Forbidden',
      'you may not (403): admission webhook "x" denied the request',
    ],
    [
      404,
      '404 page not found',
      'NotFound',
      'this cluster has no SocialChannels. Apply the resources of crds/, or choose another context (--context).',
    ],
    [404, status('not found', { name: 'live' }), 'NotFound', 'it does not exist.'],
    [409, status('exists'), 'Refused', 'it exists already, or somebody else changed it meanwhile (409).'],
    [422, status('invalid', { causes: [{ field: 'spec.x', message: 'too long' }] }), 'Refused', 'spec.x: too long'],
    [503, status('no'), 'Unreachable', 'the API server answers 503: no'],
    [400, '<html>', 'Refused', 'the API server answers 400'],
  ])('%i %s', (code, text, exit, message) => {
    const refused = refusal({ status: code, text }, asked);
    expect({ exit: refused.exit, message: refused.message }).toEqual({
      exit,
      message: `Could not ${asked.doing}: ${message}`,
    });
  });
});

describe('no answer', () => {
  const place = { ...asked, server: 'https://k8s:6443', context: 'studio', timeoutMs: 5_000 };
  const coded = (code: string) => new Error('outer', { cause: Object.assign(new Error('inner'), { code }) });
  it.each([
    [
      'a deadline',
      new DOMException('The operation timed out', 'TimeoutError'),
      'Unreachable',
      /gave no answer within 5 s \(--request-timeout\)/,
    ],
    ['the network', coded('ENOTFOUND'), 'Unreachable', /cannot be reached \(ENOTFOUND\)/],
    [
      'a certificate',
      coded('SELF_SIGNED_CERT_IN_CHAIN'),
      'Unreachable',
      /is not trusted \(SELF_SIGNED_CERT_IN_CHAIN\)/,
    ],
    [
      'something else',
      new TypeError('x is not a function'),
      'Refused',
      /unforeseen happened \(TypeError: x is not a function\)/,
    ],
  ])('for %s', (_, error, exit, message) => {
    const found = trouble(error, place);
    expect(found.exit).toBe(exit);
    expect(found.message).toMatch(message);
  });
});
