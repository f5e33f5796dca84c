import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { answerFailure, type Errand, toFailure } from '../../src/kube/failure.ts';

const errand: Errand = {
  doing: 'write the status of SocialChannel main-stage/twitch',
  method: 'PATCH',
  resource: 'socialchannels/status',
  namespace: 'main-stage',
};
const canary = 'canary-4f1d';
const status = (message: string, details = {}) => JSON.stringify({ kind: 'Status', message, details });

describe('an answer outside 2xx', () => {
  it.each([
    [400, 'Unexpected', 'Unexpected'],
    [401, 'Transient', 'KubernetesUnavailable'],
    [403, 'Misconfigured', 'PermissionDenied'],
    [404, 'Unexpected', 'Unexpected'],
    [406, 'Unexpected', 'Unexpected'],
    [408, 'Transient', 'KubernetesUnavailable'],
    [409, 'Transient', 'CasLost'],
    [410, 'Transient', 'KubernetesUnavailable'],
    [422, 'Unexpected', 'Unexpected'],
    [425, 'Transient', 'KubernetesUnavailable'],
    [429, 'Transient', 'KubernetesUnavailable'],
    [500, 'Transient', 'KubernetesUnavailable'],
    [503, 'Transient', 'KubernetesUnavailable'],
  ])('%i is %s, %s', (code, family, reason) => {
    const failure = answerFailure(errand, { status: code, body: status('why') });
    expect(failure).toMatchObject({ family, reason, status: code, source: 'Kubernetes' });
    expect(failure.message).toContain('Could not write the status of SocialChannel main-stage/twitch');
  });

  it('403 says which permission is missing, where, and where they are listed', () => {
    const { message } = answerFailure(errand, { status: 403, body: status('forbidden') });
    expect(message).toContain('may not patch socialchannels/status in namespace main-stage');
    expect(message).toContain('deploy/rbac.yaml');
  });

  it('403 in a namespace that is being deleted is no missing permission', () => {
    const body = status('namespace is terminating', { causes: [{ reason: 'NamespaceTerminating' }] });
    expect(answerFailure(errand, { status: 403, body })).toMatchObject({ family: 'Transient' });
  });

  it('about the uid of a recreated object is a lost race', () => {
    const body = status('field is immutable', { causes: [{ reason: 'FieldValueInvalid', field: 'metadata.uid' }] });
    expect(answerFailure(errand, { status: 422, body })).toMatchObject({ family: 'Transient', reason: 'CasLost' });
  });

  it.each([
    ['12', 12_000],
    [undefined, undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ])('with Retry-After %s is tried again after %s ms', (retryAfter, expected) => {
    expect(answerFailure(errand, { status: 429, body: '', retryAfter }).retryAfterMs).toBe(expected);
  });

  it('quotes the server, except about secrets', () => {
    const body = status(`spec.${canary}: invalid`);
    expect(answerFailure(errand, { status: 422, body }).message).toContain(canary);
    for (const code of [400, 401, 403, 409, 422, 429, 500]) {
      const { message, stack } = answerFailure({ ...errand, isSecret: true }, { status: code, body });
      expect(`${message}${stack}`).not.toContain(canary);
    }
  });

  it.each(['<html>canary-4f1d</html>', '', '{"message":{"token":"canary-4f1d"}}', 'null', '"canary-4f1d"'])(
    'repeats nothing of a body that is no Status: %s',
    (body) => {
      expect(answerFailure(errand, { status: 503, body }).message).not.toContain(canary);
    },
  );
});

describe('an error on the way', () => {
  it.each([
    ['ECONNREFUSED', Object.assign(new Error(canary), { code: 'ECONNREFUSED' })],
    [
      'UND_ERR_SOCKET',
      new TypeError('fetch failed', { cause: Object.assign(new Error(canary), { code: 'UND_ERR_SOCKET' }) }),
    ],
    ['ENOENT', Object.assign(new Error(`no such file ${canary}`), { code: 'ENOENT' })],
    ['CERT_HAS_EXPIRED', Object.assign(new Error(canary), { code: 'CERT_HAS_EXPIRED' })],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', Object.assign(new Error(canary), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })],
    ['SELF_SIGNED_CERT_IN_CHAIN', Object.assign(new Error(canary), { code: 'SELF_SIGNED_CERT_IN_CHAIN' })],
  ])('%s is Transient, told by its code alone', (code, error) => {
    const failure = toFailure(errand, error);
    expect(failure).toMatchObject({ family: 'Transient', reason: 'KubernetesUnavailable', source: 'Kubernetes' });
    expect(failure.message).toContain(code);
    expect(`${failure.message}${failure.stack}`).not.toContain(canary);
  });

  it('a time-out is Transient', () => {
    const failure = toFailure(errand, new DOMException(canary, 'TimeoutError'));
    expect(failure).toMatchObject({ family: 'Transient', reason: 'KubernetesUnavailable' });
  });

  it.each([
    [new TypeError(canary)],
    [Object.assign(new TypeError(canary), { code: 'ERR_INVALID_ARG_TYPE' })],
    [canary],
    [undefined],
  ])('anything else is Unexpected: %s', (error) => {
    const failure = toFailure(errand, error);
    expect(failure).toMatchObject({ family: 'Unexpected', reason: 'Unexpected' });
    expect(failure.message).not.toContain(canary);
  });

  it('a Failure stays what it is', () => {
    const failure = new Failure('Misconfigured', 'Conflict', 'taken', { source: 'Kubernetes' });
    expect(toFailure(errand, failure)).toBe(failure);
  });
});
