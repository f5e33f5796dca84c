import { randomBytes } from 'node:crypto';
import { openConsentedGrant, redeemCode, shapeOf } from './consent.ts';
import type { App, Operation } from './model.ts';
import type { Answer, Call, Code, PlatformRequest, Token } from './platform.ts';
import { formProblems, noteProblems, type ParameterRules } from './request.ts';
import type { Concerned } from './troubles.ts';
import type { World } from './world.ts';

export const oauthError = (
  status: number,
  error: string,
  description: string,
  more?: Record<string, string>,
): Answer => ({
  status,
  body: { error, error_description: description, ...more },
});

const rejected = (answer: Answer): Answer => ({ ...answer, outcome: 'rejected' });

const deadGrant = (): Answer => rejected(oauthError(400, 'invalid_grant', 'Token has been expired or revoked.'));

const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code';

const parametersOf: Readonly<Record<string, ParameterRules>> = {
  authorization_code: {
    required: ['grant_type', 'client_id', 'client_secret', 'code', 'redirect_uri'],
    optional: ['code_verifier'],
  },
  refresh_token: { required: ['grant_type', 'client_id', 'client_secret', 'refresh_token'], optional: [] },
  [deviceGrantType]: { required: ['grant_type', 'client_id', 'client_secret', 'device_code'], optional: [] },
};

/** A poll is part of the device flow, whichever address serves it. */
export const tokenOperation = ({ form }: PlatformRequest): Operation =>
  form.get('grant_type') === deviceGrantType ? 'device' : 'token';

/** Notes every problem of the form; the platform names the first. */
export function formRefusal(call: Call, rules: ParameterRules): Answer | null {
  const problem = noteProblems(call, formProblems(call.request, rules));
  return problem ? oauthError(400, 'invalid_request', problem.text) : null;
}

export function token(call: Call): Answer {
  const { form } = call.request;
  const grantType = form.get('grant_type') ?? '';
  const rules = parametersOf[grantType];
  if (!rules && grantType !== '') {
    call.complain('grant_type is not one that Google offers here');
    return oauthError(400, 'unsupported_grant_type', 'Invalid grant_type');
  }
  const refusal = formRefusal(call, rules ?? { required: ['grant_type'], optional: [] });
  if (refusal) {
    return refusal;
  }
  const app = call.world.directory.findApp('youtube', form.get('client_id') ?? '');
  if (!app) {
    return unknownClient();
  }
  const ofClient = clientRefusal(call, app);
  if (ofClient) {
    return ofClient;
  }
  if (grantType === deviceGrantType) {
    return poll(call, app);
  }
  return grantType === 'refresh_token' ? refresh(call, app) : exchangeCode(call, app);
}

const unknownClient = (): Answer => oauthError(401, 'invalid_client', 'The OAuth client was not found.');

/** The client itself is refused, whatever it asks for. */
function appRefusal(app: App): Answer | null {
  if (app.quirks.includes('deleted-client')) {
    return oauthError(401, 'deleted_client', 'The OAuth client was deleted.');
  }
  return app.suspended ? oauthError(401, 'invalid_client', 'The OAuth client was disabled.') : null;
}

function clientRefusal(call: Call, app: App): Answer | null {
  const refusal = appRefusal(app);
  if (refusal) {
    return refusal;
  }
  if (call.request.form.get('client_secret') !== app.clientSecret) {
    return oauthError(401, 'invalid_client', 'Unauthorized');
  }
  return app.quirks.includes('org-internal')
    ? oauthError(403, 'org_internal', 'This client is restricted to users within its organization.')
    : null;
}

/** What happened to the account decides before the token is looked at. */
function accountRefusal({ troubles }: World, concerned: Concerned): Answer | null {
  if (troubles.has('deleted', concerned)) {
    return rejected(oauthError(400, 'invalid_grant', 'Account has been deleted'));
  }
  if (troubles.has('reauth-policy', concerned)) {
    const more = { error_uri: 'https://support.google.com/a/answer/9368756', error_subtype: 'invalid_rapt' };
    return rejected(oauthError(400, 'invalid_grant', 'reauth related error (invalid_rapt)', more));
  }
  return troubles.has('org-policy', concerned)
    ? rejected(oauthError(400, 'admin_policy_enforced', 'Access was restricted by the administrator.'))
    : null;
}

function refresh(call: Call, app: App): Answer {
  const { world } = call;
  const presented = world.tokens.find(call.request.form.get('refresh_token') ?? '');
  if (presented?.kind !== 'refresh' || presented.grant.platform !== 'youtube') {
    return rejected(oauthError(400, 'invalid_grant', 'Bad Request'));
  }
  if (presented.grant.clientId !== app.clientId) {
    return oauthError(401, 'unauthorized_client', 'Unauthorized');
  }
  const refusal = accountRefusal(world, presented.grant);
  if (refusal) {
    return refusal;
  }
  if (!world.isAlive(presented)) {
    return deadGrant();
  }
  const renewed = world.renew(presented, app);
  const shows = renewed.refresh !== presented || app.quirks.includes('return-refresh-token');
  return granted(call, renewed.access, shows ? renewed.refresh : null);
}

function granted(call: Call, access: Token, refreshToken: Token | null): Answer {
  const { scopes, limitedUntilAt } = access.grant;
  const seconds = (at: number | null) => Math.floor(((at ?? call.now) - call.now) / 1000);
  return {
    status: 200,
    outcome: 'granted',
    body: {
      access_token: access.value,
      expires_in: seconds(access.announcedExpiresAt),
      ...(refreshToken && { refresh_token: refreshToken.value }),
      ...(limitedUntilAt !== null && { refresh_token_expires_in: seconds(limitedUntilAt) }),
      scope: scopes.join(' '),
      token_type: 'Bearer',
    },
  };
}

function exchangeCode(call: Call, app: App): Answer {
  const code = redeemCode(call, app);
  if (!code) {
    return rejected(oauthError(400, 'invalid_grant', 'Bad Request'));
  }
  if (code.redirectUri !== call.request.form.get('redirect_uri')) {
    call.complain('redirect_uri of the exchange differs from that of the consent');
    return oauthError(400, 'redirect_uri_mismatch', 'Bad Request');
  }
  return code.withRefreshToken ? newGrant(call, app, code) : accessOnly(call, app, code);
}

function newGrant(call: Call, app: App, consent: { accountId: string; scopes: readonly string[] }): Answer {
  const { accountId, scopes } = consent;
  const at = { consentedAt: call.now, obtainedAt: call.now };
  const opened = openConsentedGrant(call.world, app, { accountId, scopes, ...at });
  return granted(call, opened.access, opened.refresh);
}

/** Without a new consent Google gives no refresh token: the earlier one goes on. */
function accessOnly(call: Call, app: App, { accountId, scopes }: Code): Answer {
  const { world } = call;
  const [known] = world.livingGrants('youtube', app.clientId, accountId);
  const shape = shapeOf(world, app, { scopes, shortLived: false, oauth1: false });
  const at = { consentedAt: call.now, lastUsedAt: call.now, limitedUntilAt: null };
  const names = { platform: 'youtube', clientId: app.clientId, accountId, scopes, assetIds: null };
  const grant = known ?? world.openGrant({ ...names, ...at, shape });
  return granted(call, world.issue(grant, 'access', { issuedAt: call.now }), null);
}

const deviceLifeSeconds = 1800;

/** A device may ask for these alone: nothing with which to upload. */
const deviceScopes = [
  ...['openid', 'email', 'profile', 'youtube', 'youtube.readonly', 'drive.appdata', 'drive.file'],
  ...['userinfo.email', 'userinfo.profile'],
].flatMap((scope) => [scope, `https://www.googleapis.com/auth/${scope}`]);

const letters = 'BCDFGHJKLMNPQRSTVWXZ';

const userCodePart = (): string => [...randomBytes(4)].map((byte) => letters[byte % letters.length]).join('');

const wrongType = (): Answer => oauthError(401, 'invalid_client', 'Invalid client type.');

/** First step of the device flow: what the device shows, and what it polls with. */
export function device(call: Call): Answer {
  const { form } = call.request;
  const app = call.world.directory.findApp('youtube', form.get('client_id') ?? '');
  const refusal = formRefusal(call, { required: ['client_id', 'scope'], optional: [] }) ?? (app && appRefusal(app));
  if (refusal || app?.clientType !== 'device') {
    return refusal ?? wrongType();
  }
  const scopes = (form.get('scope') ?? '').split(' ').filter(Boolean);
  if (!scopes.every((scope) => deviceScopes.includes(scope))) {
    call.complain('a device asked for a scope that devices may not have');
    return oauthError(400, 'invalid_scope', 'Invalid device flow scope.');
  }
  const deviceCode = `AH-${randomBytes(30).toString('base64url')}`;
  const userCode = `${userCodePart()}-${userCodePart()}`;
  const intervalSeconds = app.deviceIntervalSeconds ?? 5;
  call.world.devices.open({
    ...{ platform: 'youtube', clientId: app.clientId, deviceCode, userCode, scopes, intervalSeconds },
    expiresAt: call.now + deviceLifeSeconds * 1000,
  });
  const codes = { device_code: deviceCode, user_code: userCode, verification_url: 'https://www.google.com/device' };
  return { status: 200, body: { ...codes, expires_in: deviceLifeSeconds, interval: intervalSeconds } };
}

function poll(call: Call, app: App): Answer {
  if (app.clientType !== 'device') {
    return wrongType();
  }
  const deviceCode = call.request.form.get('device_code') ?? '';
  const polled = call.world.devices.poll({ platform: 'youtube', clientId: app.clientId, deviceCode }, call.now);
  switch (polled.verdict) {
    case 'waiting':
      return oauthError(428, 'authorization_pending', 'Precondition Required');
    case 'too-soon':
      call.complain('a device code was polled before its interval had passed');
      return oauthError(403, 'slow_down', 'Forbidden');
    case 'denied':
      return oauthError(403, 'access_denied', 'Forbidden');
    case 'gone':
      return oauthError(400, 'invalid_grant', 'Bad Request');
    case 'approved':
      return accountRefusal(call.world, polled.device) ?? newGrant(call, app, polled.device);
  }
}
