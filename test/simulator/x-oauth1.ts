import { accountsPage, refused as errorPage, openConsentedGrant, usualCodeLifeMs } from './consent.ts';
import { type Signed, signedBy } from './oauth1-check.ts';
import type { Answer, Call } from './platform.ts';
import { parameterProblems } from './request.ts';
import type { RequestToken } from './temporary-credentials.ts';
import { appSuspended, deadToken, foreignCallback, unsignedAnswer } from './x-answers.ts';
import { signedToken } from './x-api.ts';

const form = (parameters: Readonly<Record<string, string>>, more: Partial<Answer> = {}): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' },
  body: new URLSearchParams(parameters).toString(),
  ...more,
});

/** Step one: an app that signs gets a request token for one person to decide on. */
export function requestToken(call: Call): Answer {
  const signed = signedBy(call, { required: ['oauth_callback'], query: [] });
  if (typeof signed === 'string') {
    return unsignedAnswer[signed]();
  }
  const { app, parameters } = signed;
  const { oauth_callback: callback = '' } = parameters;
  if (app.suspended) {
    return appSuspended();
  }
  if (!app.redirectUris.includes(callback)) {
    call.complain('oauth_callback is not registered with the app');
    return foreignCallback();
  }
  const { value, secret } = call.world.temporary.open({
    ...{ platform: 'x', clientId: app.clientId, callback },
    ...{ value: call.platform.newSecret('code'), secret: call.platform.newSecret('code') },
    expiresAt: call.now + usualCodeLifeMs,
  });
  return form({ oauth_token: value, oauth_token_secret: secret, oauth_callback_confirmed: 'true' });
}

const answers = ['approve', 'decline'];

/** Step two, `authorize`: the page where the person decides. It always asks. */
export const askPerson = (call: Call): Answer => decide(call, [], null);

/** Step two, `authenticate`: it asks nobody who is signed in (`screen_name`) and has said yes before. */
export function authenticatePerson(call: Call): Answer {
  const { query } = call.request;
  const account = call.world.directory.accounts('x').find(({ login }) => login === query.get('screen_name'));
  const mayBeSkipped = account && query.get('force_login') !== 'true';
  return decide(call, ['force_login', 'screen_name'], mayBeSkipped ? account.id : null);
}

function decide(call: Call, optional: readonly string[], signedIn: string | null): Answer {
  const { query } = call.request;
  const [problem] = parameterProblems(query, { required: ['oauth_token'], optional: [...answers, ...optional] });
  if (problem) {
    return errorPage(call, problem.text);
  }
  const asking = call.world.temporary.find('x', query.get('oauth_token') ?? '', call.now);
  if (!asking || asking.verifier !== null) {
    return errorPage(call, 'There is no request token for this page.');
  }
  if (query.has('decline')) {
    asking.over = true;
    return sendBack(asking, { denied: asking.value });
  }
  const approving = query.get('approve') ?? (signedIn !== null && saidYes(call, asking, signedIn) ? signedIn : null);
  return approving === null ? accountsPage(call) : approve(call, asking, approving);
}

const saidYes = ({ world }: Call, { clientId }: RequestToken, accountId: string): boolean =>
  world.livingGrants('x', clientId, accountId).some(({ shape }) => shape.tokenSecret);

function sendBack({ callback }: RequestToken, parameters: Readonly<Record<string, string>>): Answer {
  const back = new URL(callback);
  for (const [name, value] of Object.entries(parameters)) {
    back.searchParams.set(name, value);
  }
  return { status: 302, headers: { Location: back.href }, body: '' };
}

/** The verifier is a code like any other: the ledger counts how often it comes. */
function approve(call: Call, asking: RequestToken, accountId: string): Answer {
  const { clientId, callback: redirectUri } = asking;
  const verifier = call.platform.newSecret('code');
  call.world.directory.account('x', accountId);
  call.world.codes.set(verifier, {
    ...{ value: verifier, platform: 'x', clientId, accountId, scopes: [], assetIds: null, redirectUri },
    ...{ codeChallenge: null, withRefreshToken: false, expiresAt: asking.expiresAt, used: false },
  });
  asking.verifier = verifier;
  return sendBack(asking, { oauth_token: asking.value, oauth_verifier: verifier });
}

/** Step three: request token and verifier for an access token that has no end. */
export function accessToken(call: Call): Answer {
  const { temporary } = call.world;
  const secretOf = (value: string) => temporary.find('x', value, call.now)?.secret;
  const signed = signedBy(call, { required: ['oauth_verifier'], query: [], secretOf });
  if (typeof signed === 'string') {
    return { ...unsignedAnswer[signed](), outcome: 'refused' };
  }
  return signed.app.suspended ? appSuspended() : tradeVerifier(call, signed);
}

function tradeVerifier(call: Call, { app, parameters }: Signed): Answer {
  const asking = call.world.temporary.find('x', parameters.oauth_token ?? '', call.now);
  const { oauth_verifier: verifier = '' } = parameters;
  const code = call.world.codes.get(verifier);
  if (!asking || !code || asking.verifier !== verifier || asking.clientId !== app.clientId) {
    return { ...deadToken(), outcome: 'rejected' };
  }
  asking.over = true;
  code.used = true;
  const { accountId } = code;
  const at = { consentedAt: call.now, obtainedAt: call.now };
  const { access } = openConsentedGrant(call.world, app, { accountId, scopes: [], oauth1: true, ...at });
  const { login } = call.world.directory.account('x', accountId);
  const parts = { oauth_token: access.value, oauth_token_secret: access.secret ?? '', user_id: accountId };
  return form({ ...parts, screen_name: login }, { outcome: 'granted' });
}

/** The app gives a token back; it signs with that very token. */
export function invalidateToken(call: Call): Answer {
  const access = signedToken(call, []);
  if (!('grant' in access)) {
    return access;
  }
  call.world.endToken(access, 'revoked-by-client');
  return { status: 200, body: { access_token: access.value } };
}
