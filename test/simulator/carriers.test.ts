import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { basicUser, inOauth1, type Place, usualCarriers, valuesAt } from './carriers.ts';
import type { PlatformRequest } from './platform.ts';
import type { RunningSimulator } from './running.ts';
import { runWithSample, samplePaths } from './sample-platform.ts';
import type { WireClient } from './wire-client.ts';

const request = (more: Partial<PlatformRequest>): PlatformRequest => ({
  ...{ method: 'GET', path: '/', query: new URLSearchParams(), headers: {}, body: '' },
  ...{ form: new URLSearchParams(), json: null },
  ...more,
});

const authorized = (authorization: string) => request({ headers: { authorization } });
const basic = (text: string) => authorized(`Basic ${Buffer.from(text).toString('base64')}`);
const oauth1 = 'OAuth oauth_consumer_key="ck", oauth_token="100-t%2Ft", oauth_signature="s%3D"';

describe('where a request names a token', () => {
  it.each<[string, PlatformRequest, string[]]>([
    [
      'form and query',
      request({ form: new URLSearchParams('token=a'), query: new URLSearchParams('token=b') }),
      ['a', 'b'],
    ],
    ['Bearer', authorized('Bearer a'), ['a']],
    ['the scheme OAuth', authorized('OAuth a'), ['a']],
    ['an empty parameter', request({ form: new URLSearchParams('refresh_token=') }), []],
    ['no place', request({}), []],
  ])('is usually looked for in %s', (_name, asked, tokens) => {
    expect(valuesAt(usualCarriers.tokens, asked)).toEqual(tokens);
  });

  it.each<[string, Place, PlatformRequest, string[]]>([
    ['an OAuth 1.0a header, decoded', inOauth1('oauth_token'), authorized(oauth1), ['100-t/t']],
    ['no OAuth 1.0a header', inOauth1('oauth_token'), authorized('OAuth plain'), []],
    [
      'an OAuth 1.0a header that is wrongly encoded',
      inOauth1('oauth_token'),
      authorized('OAuth oauth_token="%"'),
      ['%'],
    ],
    ['another scheme with the same words', inOauth1('oauth_token'), authorized('Bearer oauth_token="a"'), []],
    ['Basic, up to the first colon', basicUser, basic('id:se:cret'), ['id']],
    ['Basic without a colon', basicUser, basic('id'), []],
    ['no Basic', basicUser, authorized('Bearer aWQ6c2VjcmV0'), []],
  ])('may be %s', (_name, place, asked, values) => {
    expect(valuesAt([place], asked)).toEqual(values);
  });
});

let simulator: RunningSimulator;

describe('a request to a platform that names token and app in places of its own', () => {
  beforeEach(async () => {
    simulator = await runWithSample();
  });

  afterEach(async () => {
    await simulator.stop();
  });

  const json = { 'content-type': 'application/json' };
  it.each<[string, (wire: WireClient, token: string) => Promise<unknown>]>([
    ['query', (wire, token) => wire.get(`${samplePaths.token}?living_token=${token}&client_key=sa`)],
    [
      'JSON body',
      (wire, token) => wire.post(samplePaths.token, JSON.stringify({ refreshToken: token, clientId: 'sa' }), json),
    ],
    [
      'OAuth 1.0a header',
      (wire, token) =>
        wire.get(samplePaths.node('me'), { authorization: `OAuth oauth_token="${token}",oauth_consumer_key="sa"` }),
    ],
  ])('meets a fault aimed at that app and account, found in its %s', async (_name, ask) => {
    const { accessToken } = await simulator.control.mintGrant({ platform: 'sample', clientId: 'sa', accountId: 's1' });
    const aim = { platform: 'sample', operation: 'any', clientId: 'sa', accountId: 's1' } as const;
    await simulator.control.addFault({ ...aim, kind: 'status' });
    await ask(simulator.wire, accessToken);
    expect(await simulator.control.faults()).toEqual([expect.objectContaining({ met: 1 })]);
  });

  it.each<[string, Record<string, string>]>([
    ['Basic header', { authorization: `Basic ${Buffer.from('sa2:s').toString('base64')}` }],
    ['header of its own', { 'x-client': 'sa2' }],
  ])('is a complaint when its %s names another app than the token’s', async (_name, headers) => {
    const { accessToken } = await simulator.control.mintGrant({ platform: 'sample', clientId: 'sa', accountId: 's1' });
    await simulator.wire.get(`${samplePaths.node('me')}?access_token=${accessToken}`, headers);
    expect(await simulator.complaintTexts()).toEqual([
      'the access token of grant g1 was sent in the name of another app',
    ]);
  });

  it('carries parameters of its path and any method to the platform', async () => {
    const put = await simulator.wire.send('PUT', samplePaths.node('me'));
    expect(put.json).toEqual({ version: 'v1', node: 'me', method: 'PUT' });
    const deleted = await simulator.wire.send('DELETE', `${samplePaths.node('7%2F7')}/grant`);
    expect(deleted.json).toEqual({ version: 'v1', node: '7%2F7', method: 'DELETE' });
    expect((await simulator.wire.send('DELETE', samplePaths.node('me'))).status).toBe(405);
    expect(await simulator.complaintTexts()).toHaveLength(1);
  });
});
