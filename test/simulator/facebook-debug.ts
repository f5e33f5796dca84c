import { facebookHost } from './facebook-host.ts';
import { dataAccessEnd, deathOfToken } from './facebook-pages.ts';
import { type GraphProblem, graphError, requestBug } from './meta-answers.ts';
import type { Method } from './meta-calls.ts';
import type { App } from './model.ts';
import type { Answer, Grant, Token } from './platform.ts';
import type { World } from './world.ts';

const seconds = (at: number | null): number => Math.floor((at ?? 0) / 1000);

const data = (value: object): Answer => ({ status: 200, body: { data: value } });

/** What a dead token is told with: HTTP 200, and `subcode` without `error_`. */
const deadData = ({ code, subcode, message }: GraphProblem): object => {
  return { is_valid: false, scopes: [], error: { code, ...(subcode !== undefined && { subcode }), message } };
};

/** `GET /debug_token`, asked by the app itself or with a living token of the same app. */
export const debugToken: Method = {
  required: ['input_token'],
  optional: [],
  about: 'nothing',
  answer: (call, { app }) => {
    const { world, platform } = call;
    const value = call.request.query.get('input_token') ?? '';
    const owner = facebookHost.appTokenOwner(call, value);
    if (owner) {
      return 'app' in owner ? ofApp(app, owner.app) : data(deadData(owner));
    }
    const input = world.tokens.find(value);
    if (input?.kind !== 'access' || input.grant.platform !== platform.name || input.grant.accountId === null) {
      const isWhole = facebookHost.tokenShape.test(value);
      return data(deadData({ code: 190, message: isWhole ? 'Invalid OAuth access token.' : 'Malformed access token' }));
    }
    if (input.grant.clientId !== app.clientId) {
      return foreignToken();
    }
    const death = deathOfToken(world, input);
    const known = { ...kindOf(input), app_id: app.clientId, application: app.project };
    const expires = { expires_at: seconds(input.announcedExpiresAt) };
    return data(
      death ? { ...known, ...expires, ...deadData(death) } : { ...known, ...expires, ...living(world, input) },
    );
  },
};

const foreignToken = (): Answer =>
  graphError(requestBug('The App_id in the input_token did not match the Viewing App'));

const ofApp = (viewing: App, app: App): Answer =>
  viewing === app
    ? data({ app_id: app.clientId, type: 'APP', application: app.project, is_valid: true, scopes: [] })
    : foreignToken();

function kindOf({ assetId, grant }: Token): object {
  if (assetId !== null) {
    return { type: 'PAGE' };
  }
  return { type: grant.shape.systemUser ? 'SYSTEM_USER' : 'USER' };
}

function living(world: World, input: Token): object {
  const { grant, assetId, shortLived, issuedAt } = input;
  return {
    data_access_expires_at: seconds(dataAccessEnd(grant)),
    ...(!shortLived && { issued_at: seconds(issuedAt) }),
    is_valid: true,
    scopes: grant.scopes,
    granular_scopes: granularScopes(world, grant),
    ...(assetId !== null && { profile_id: assetId }),
    user_id: grant.accountId,
  };
}

/** Without `target_ids` a scope is for all. Those of Instagram name the accounts, the others the pages. */
function granularScopes({ assets }: World, { scopes, assetIds, platform }: Grant): object[] {
  const instagramIds = assetIds?.map((id) => assets.find(platform, id)?.instagram?.id).filter(Boolean);
  return scopes
    .filter((scope) => /^(pages|instagram)_/.test(scope))
    .map((scope) => {
      const targets = scope.startsWith('instagram_') ? instagramIds : assetIds;
      return { scope, ...(targets && { target_ids: targets }) };
    });
}
