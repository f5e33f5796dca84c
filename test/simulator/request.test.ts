import { describe, expect, it } from 'vitest';
import type { PlatformRequest } from './platform.ts';
import { formProblems } from './request.ts';

const form = (headers: PlatformRequest['headers']): PlatformRequest => ({
  ...{ method: 'POST', path: '/', query: new URLSearchParams(), body: 'a=1', json: null },
  form: new URLSearchParams('a=1'),
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
});

const rules = { required: ['a'], optional: [] };

describe('a form', () => {
  it.each<[string, boolean | undefined, string[]]>([
    ['wrong where the client authenticates in the body', undefined, ['authorization']],
    ['right where it authenticates there', true, []],
  ])('has an Authorization header that is %s', (_name, authorization, kinds) => {
    const asked = { ...rules, ...(authorization !== undefined && { authorization }) };
    const problems = formProblems(form({ authorization: 'Basic YTpi' }), asked);
    expect(problems.map(({ kind }) => kind)).toEqual(kinds);
  });

  it.each<[string, string, boolean | undefined, string[]]>([
    ['multipart where that may be', 'multipart/form-data; boundary=b', true, []],
    ['multipart where it may not', 'multipart/form-data; boundary=b', undefined, ['content-type']],
    ['JSON anywhere', 'application/json', true, ['content-type']],
  ])('has a body that is %s', (_name, type, multipart, kinds) => {
    const asked = { ...rules, ...(multipart !== undefined && { multipart }) };
    const problems = formProblems(form({ 'content-type': type }), asked);
    expect(problems.map(({ kind }) => kind)).toEqual(kinds);
  });
});
