import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LinkedinClient, linkedinMember, linkedinPaths, runWithLinkedin } from './linkedin-client.ts';
import type { AppInput, Cause } from './model.ts';
import { dayMs } from './running.ts';
import type { WireAnswer } from './wire-client.ts';

let linkedin: LinkedinClient;

beforeEach(async () => {
  linkedin = await runWithLinkedin();
});

afterEach(async () => {
  await linkedin.simulator.stop();
});

const { platform, accountId } = linkedinMember;
const finder = `${linkedinPaths.acls}?q=roleAssignee`;
const acls = (token: string, more = '') => linkedin.rest(`${finder}${more}`, token);
const refusalOf = ({ status, json }: WireAnswer) => [status, json?.serviceErrorCode ?? null, json?.code];
const roles = (assetId: string, ...given: string[]) =>
  linkedin.simulator.control.setRoles({ platform, accountId, assetId, roles: given });
const organization = (id: string) => linkedin.simulator.control.createAsset({ platform, id, kind: 'organization' });

describe('LinkedIn, who the member is', () => {
  it('is told by userinfo, as far as the scopes go', async () => {
    const { accessToken } = await linkedin.mint({ scopes: ['openid', 'profile', 'email'] });
    expect((await linkedin.get(linkedinPaths.userinfo, accessToken)).json).toEqual({
      ...{ sub: accountId, name: 'Ex Ample', picture: expect.any(String), locale: { country: 'US', language: 'en' } },
      ...{ email: 'example@example.com', email_verified: true },
    });
    const bare = await linkedin.mint({ scopes: ['openid'] });
    expect((await linkedin.get(linkedinPaths.userinfo, bare.accessToken)).json).toEqual({ sub: accountId });
  });

  it('is told by me with r_basicprofile', async () => {
    const { accessToken } = await linkedin.mint({ scopes: ['r_basicprofile'] });
    expect((await linkedin.get(linkedinPaths.member, accessToken)).json).toEqual({
      ...{ id: accountId, localizedFirstName: 'Ex Ample', vanityName: 'example' },
    });
    expect(refusalOf(await linkedin.get(linkedinPaths.userinfo, accessToken))).toEqual([403, null, 'ACCESS_DENIED']);
  });
});

describe('LinkedIn, a token that does not work', () => {
  it.each<[string, () => Promise<unknown>, unknown[]]>([
    ['was revoked', () => linkedin.strike('disconnected'), [401, 65601, 'REVOKED_ACCESS_TOKEN']],
    ['was ended early', () => linkedin.strike('token-ended-early'), [401, 65601, 'REVOKED_ACCESS_TOKEN']],
    ['has expired', () => linkedin.shift(61 * dayMs), [401, 65602, 'EXPIRED_ACCESS_TOKEN']],
    ['is of a restricted member', () => linkedin.strike('suspended'), [401, 65608, 'RESTRICTED_MEMBER']],
    ['is of a deleted member', () => linkedin.strike('deleted'), [401, 65601, 'REVOKED_ACCESS_TOKEN']],
  ])('because it %s is told so by every call', async (_name, end, refusal) => {
    const { accessToken } = await linkedin.mint();
    await end();
    expect(refusalOf(await linkedin.get(linkedinPaths.userinfo, accessToken))).toEqual(refusal);
    expect(refusalOf(await acls(accessToken))).toEqual(refusal);
  });

  it('because nobody has it, or it is none at all, is told so', async () => {
    expect(refusalOf(await acls('nothing'))).toEqual([401, 65600, 'INVALID_ACCESS_TOKEN']);
    const without = await linkedin.simulator.wire.get(linkedinPaths.userinfo);
    expect(without.json).toMatchObject({ message: 'Empty oauth2_access_token', serviceErrorCode: 65604 });
    expect(await linkedin.simulator.complaintTexts()).toHaveLength(1);
  });

  it('because it is young is told that it was revoked, for ten seconds', async () => {
    await linkedin.app({ quirks: ['slow-propagation'] });
    const { accessToken } = await linkedin.mint();
    expect(refusalOf(await acls(accessToken))).toEqual([401, 65601, 'REVOKED_ACCESS_TOKEN']);
    expect((await linkedin.introspect(accessToken)).json).toMatchObject({ active: true });
    await linkedin.shift(10_000);
    expect((await acls(accessToken)).status).toBe(200);
  });

  it('because the member is restricted works again after the cure, and could be refreshed all the time', async () => {
    const { accessToken, refreshToken } = await linkedin.mint();
    await linkedin.strike('suspended');
    expect((await linkedin.refresh(refreshToken)).status).toBe(200);
    await linkedin.simulator.control.cure({ ...linkedinMember, cause: 'suspended' });
    expect((await acls(accessToken)).status).toBe(200);
  });
});

describe('LinkedIn, the organizations of a member', () => {
  const admin = (id: string, more: object = {}) => ({
    ...{ organization: `urn:li:organization:${id}`, roleAssignee: `urn:li:person:${accountId}` },
    ...{ role: 'ADMINISTRATOR', state: 'APPROVED' },
    ...more,
  });

  it('are listed with role and state', async () => {
    await organization('88');
    await roles('88', 'ANALYST', 'CONTENT_ADMINISTRATOR/REQUESTED');
    const { accessToken } = await linkedin.mint();
    expect((await acls(accessToken)).json).toEqual({
      paging: { start: 0, count: 10, links: [] },
      elements: [
        admin('77001122'),
        admin('88', { role: 'ANALYST' }),
        admin('88', { role: 'CONTENT_ADMINISTRATOR', state: 'REQUESTED' }),
      ],
    });
    const approved = await acls(accessToken, '&role=ADMINISTRATOR&state=APPROVED&start=0&count=100');
    expect(approved.json?.elements).toEqual([admin('77001122')]);
    expect(await linkedin.simulator.complaintTexts()).toEqual([]);
  });

  it('are listed page by page', async () => {
    await organization('88');
    await roles('88', 'ADMINISTRATOR');
    await linkedin.app({ quirks: ['short-pages'] });
    const { accessToken } = await linkedin.mint();
    const first = await acls(accessToken, '&role=ADMINISTRATOR&start=0&count=100');
    const href = '/rest/organizationAcls?q=roleAssignee&role=ADMINISTRATOR&start=1&count=1';
    expect(first.json).toEqual({
      paging: { start: 0, count: 1, links: [{ rel: 'next', type: 'application/json', href }] },
      elements: [admin('77001122')],
    });
    const second = await linkedin.rest(`/api.linkedin.com${href}`, accessToken);
    expect(second.json).toEqual({ paging: { start: 1, count: 1, links: [] }, elements: [admin('88')] });
  });

  it('may be named otherwise', async () => {
    await linkedin.app({ quirks: ['organization-target'] });
    const { accessToken } = await linkedin.mint();
    const elements = (await acls(accessToken)).json?.elements as object[];
    expect(elements[0]).toMatchObject({ organizationTarget: 'urn:li:organization:77001122' });
    expect(elements[0]).not.toHaveProperty('organization');
  });

  it('are fewer after a role is lost, until it is given back', async () => {
    const { accessToken } = await linkedin.mint();
    const loss = { assetId: '77001122' };
    expect(await linkedin.strike('role-lost', loss)).toEqual({ ended: 0 });
    expect((await acls(accessToken)).json?.elements).toEqual([]);
    await linkedin.simulator.control.cure({ ...linkedinMember, cause: 'role-lost', ...loss });
    expect((await acls(accessToken)).json?.elements).toEqual([admin('77001122')]);
  });

  it.each<[string, Partial<AppInput>, string[], unknown[]]>([
    ['a scope is missing', {}, ['openid', 'w_organization_social'], [403, null, 'ACCESS_DENIED']],
    [
      'the app lacks the product',
      { quirks: ['product-missing'] },
      ['r_organization_admin'],
      [403, null, 'ACCESS_DENIED'],
    ],
    [
      'the day is used up',
      { quirks: ['day-limit-reached'] },
      ['r_organization_admin'],
      [429, null, 'TOO_MANY_REQUESTS'],
    ],
    [
      'the version is retired',
      { apiVersionRetired: true },
      ['r_organization_admin'],
      [426, null, 'NONEXISTENT_VERSION'],
    ],
    ['nothing is wrong', {}, ['r_organization_admin'], [200, null, undefined]],
  ])('are refused or not when %s', async (_name, change, scopes, refusal) => {
    const { accessToken } = await linkedin.mint({ scopes });
    await linkedin.app(change);
    const answer = await acls(accessToken);
    expect(refusalOf(answer)).toEqual(refusal);
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(await linkedin.simulator.complaintTexts()).toEqual([]);
  });

  it.each<[Record<string, string>, number, string, number]>([
    [{}, 400, 'VERSION_MISSING', 1],
    [{ 'linkedin-version': '2026-09' }, 400, 'VERSION_MISSING', 1],
    [{ 'linkedin-version': '202613' }, 400, 'VERSION_MISSING', 1],
    [{ 'linkedin-version': '202511' }, 426, 'NONEXISTENT_VERSION', 0],
    [{ 'linkedin-version': '202712' }, 426, 'NONEXISTENT_VERSION', 0],
    [{ 'linkedin-version': '202601' }, 200, 'undefined', 0],
    [{ 'linkedin-version': '202609', 'x-restli-protocol-version': '1.0.0' }, 400, 'ILLEGAL_ARGUMENT', 1],
  ])('are asked for with headers: %o answers %d', async (headers, status, code, complaints) => {
    const { accessToken } = await linkedin.mint();
    const sent = { 'x-restli-protocol-version': '2.0.0', ...headers };
    const answer = await linkedin.get(finder, accessToken, sent);
    expect([answer.status, String(answer.json?.code)]).toEqual([status, code]);
    expect(await linkedin.simulator.complaintTexts()).toHaveLength(complaints);
  });

  it.each([
    ['', 'parameter q is missing or empty'],
    ['?q=other', 'q must be roleAssignee'],
    ['?q=roleAssignee&page=1', 'parameter page is not known here'],
  ])('are asked for as documented, not with "%s"', async (query, complaint) => {
    const { accessToken } = await linkedin.mint();
    expect((await linkedin.rest(`${linkedinPaths.acls}${query}`, accessToken)).status).toBe(400);
    expect(await linkedin.simulator.complaintTexts()).toEqual([complaint]);
  });
});

describe('LinkedIn, one permission', () => {
  const key = (person: string, kind: string, action: string) =>
    `(impersonator:urn%3Ali%3Aperson%3A${person},organization:urn%3Ali%3Aorganization%3A77001122,` +
    `action:(organization${kind}AuthorizationAction:(actionType:${action})))`;
  const may = async (path: string) => {
    const { accessToken } = await linkedin.mint();
    return linkedin.rest(`${linkedinPaths.authorizations}/${path}`, accessToken);
  };

  it.each<[string, string, string, string]>([
    ['ADMINISTRATOR', 'Content', 'ORGANIC_SHARE_CREATE', 'Approved'],
    ['CONTENT_ADMINISTRATOR', 'Content', 'ORGANIC_SHARE_CREATE', 'Approved'],
    ['CONTENT_ADMINISTRATOR', 'Role', 'ADMINISTRATOR_READ', 'Denied'],
    ['ADMINISTRATOR', 'Role', 'ADMINISTRATOR_READ', 'Approved'],
    ['ANALYST', 'Content', 'ORGANIC_SHARE_CREATE', 'Denied'],
    ['ADMINISTRATOR/REVOKED', 'Content', 'ORGANIC_SHARE_CREATE', 'Denied'],
  ])('of %s (%s %s) is %s', async (role, kind, action, word) => {
    await roles('77001122', role);
    const answer = await may(key(accountId, kind, action));
    expect(answer.json?.status).toEqual({ [`com.linkedin.organization.${word}`]: {} });
  });

  it('is not told of others, nor for a key that is none', async () => {
    expect((await may(key('somebody', 'Content', 'ORGANIC_SHARE_CREATE'))).status).toBe(403);
    expect((await may('(organization:1)')).status).toBe(400);
    expect(await linkedin.simulator.complaintTexts()).toHaveLength(1);
  });
});

describe('LinkedIn, struck', () => {
  it.each<[Cause, string]>([
    ['disconnected', 'disconnected'],
    ['deleted', 'deleted'],
    ['scope-set-changed', 'scope-set-changed'],
    ['consent-over', 'aged-out'],
  ])('by %s ends the whole grant', async (cause, endedBy) => {
    const { accessToken, refreshToken } = await linkedin.mint();
    expect(await linkedin.strike(cause)).toEqual({ ended: 1 });
    expect((await linkedin.refresh(refreshToken)).status).toBe(400);
    expect((await linkedin.introspect(accessToken)).json).toMatchObject({ active: false });
    expect(await linkedin.ends()).toEqual([endedBy]);
  });

  it('by token-ended-early goes on with a refresh, where there is one', async () => {
    const { refreshToken } = await linkedin.mint();
    await linkedin.strike('token-ended-early');
    expect((await linkedin.refresh(refreshToken)).status).toBe(200);
    await linkedin.app({ quirks: ['no-refresh-tokens'] });
    await linkedin.mint();
    await linkedin.strike('token-ended-early');
    expect(await linkedin.ends()).toEqual([null, 'token-ended-early']);
  });

  it.each<[Cause, AppInput['quirks'], string | null]>([
    ['token-expired', ['no-refresh-tokens'], 'token-expired'],
    ['token-expired', [], null],
    ['consent-over', ['no-refresh-tokens'], null],
  ])('by %s with an app of %o ends it: %s', async (cause, quirks, endedBy) => {
    await linkedin.app({ quirks: quirks ?? [] });
    await linkedin.mint();
    if (endedBy === null) {
      await expect(linkedin.strike(cause)).rejects.toThrow('it has no such end by age');
    } else {
      expect(await linkedin.strike(cause)).toEqual({ ended: 1 });
    }
    expect(await linkedin.ends()).toEqual([endedBy]);
  });
});
