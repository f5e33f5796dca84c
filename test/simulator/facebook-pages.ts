import type { GraphProblem } from './meta-answers.ts';
import { deathOf } from './meta-deaths.ts';
import type { Node } from './meta-fields.ts';
import type { Asset, Cause } from './model.ts';
import type { Call, Grant, Token } from './platform.ts';
import type { World } from './world.ts';

const dataAccessMs = 90 * 86_400_000;

/** When the app may read the person's data no more; null is never, for a business's own system user. */
export const dataAccessEnd = (grant: Grant): number | null =>
  grant.shape.systemUser ? null : grant.consentedAt + dataAccessMs;

/** Any of these is granted. */
export const hasScope = ({ scopes }: Grant, ...any: string[]): boolean => any.some((scope) => scopes.includes(scope));

/** Whether the person is troubled, with this page or with all. */
export const isTroubled = ({ troubles }: World, cause: Cause, grant: Grant, pageId: string | null): boolean =>
  troubles.has(cause, grant) || (pageId !== null && troubles.has(cause, grant, pageId));

/** What the person may do on the page. */
export const tasksOf = ({ assets }: World, grant: Grant, page: Asset): readonly string[] =>
  assets.roles(grant.platform, grant.accountId ?? '', page.id);

/** The person ticked the page in the dialog. */
const isTicked = ({ assetIds }: Grant, { id }: Asset): boolean => assetIds === null || assetIds.includes(id);

/** What `/me/accounts` lists. A page of a portfolio is not there without `business_management`, whatever its roles. */
export const listedPages = (world: World, grant: Grant): Asset[] =>
  world.assets
    .of(grant.platform, grant.accountId ?? '')
    .filter((page) => page.condition === 'ok' && isTicked(grant, page))
    .filter(({ inPortfolio }) => !inPortfolio || hasScope(grant, 'business_management'));

const impersonation = 'in order to impersonate it.';
const administrator = `The user must be an administrator, editor, or moderator of the page ${impersonation}`;
const twoFactor = 'If the page business requires Two Factor Authentication, the user also needs to enable it.';
const pageScopes = 'pages_read_engagement, pages_manage_metadata, pages_read_user_content or pages_show_list';

/** Why a token does not act as its page, though it lives. */
function impersonationProblem(world: World, { grant, assetId }: Token): GraphProblem | null {
  const invalid = (message: string, subcode?: number) => ({ code: 190, message, ...(subcode && { subcode }) });
  const page = world.assets.find(grant.platform, assetId ?? '');
  if (page?.condition !== 'ok') {
    return invalid('This Page access token belongs to a Page that has been deleted.');
  }
  if (tasksOf(world, grant, page).length === 0) {
    const { quirks } = world.directory.app(grant.platform, grant.clientId);
    return quirks.includes('role-lost-in-words')
      ? invalid(administrator)
      : invalid('Error validating access token: The user does not have sufficient role on the Page.', 492);
  }
  if (isTroubled(world, 'two-factor-required', grant, page.id)) {
    return invalid(`${administrator} ${twoFactor}`);
  }
  const mayImpersonate = grant.scopes.some((scope) => scope.startsWith('pages_'));
  return mayImpersonate
    ? null
    : invalid(`Any of the ${pageScopes} permission(s) must be granted before impersonating a user's page.`);
}

/** Why a person's or a page's token does not work; null where it does. */
export const deathOfToken = (world: World, token: Token): GraphProblem | null =>
  deathOf(world, token) ?? (token.assetId === null ? null : impersonationProblem(world, token));

/** The page's token for this person: always the same while it lives, and as short-lived as the token that asks. */
function pageToken(call: Call, user: Token, page: Asset): Token {
  const { world } = call;
  const { grant, shortLived, expiresAt } = user;
  const known = world.tokens
    .of(grant)
    .find((one) => one.assetId === page.id && one.shortLived === shortLived && world.isAlive(one));
  const { quirks } = world.directory.app(grant.platform, grant.clientId);
  if (known && !quirks.includes('new-page-tokens')) {
    return known;
  }
  if (known) {
    world.endToken(known, 'rotated');
  }
  const ends = shortLived ? { expiresAt } : {};
  return world.issue(grant, 'access', { issuedAt: call.now, assetId: page.id, shortLived, ...ends });
}

const isPersonal = (world: World, grant: Grant, { id }: Asset): boolean =>
  isTroubled(world, 'account-type-changed', grant, id);

/** The Instagram account of a page, as its own object. */
export function instagramNode(world: World, grant: Grant, page: Asset): Node {
  const { id, username } = page.instagram ?? {};
  return { type: 'IGUser', fields: { id, username: isPersonal(world, grant, page) ? undefined : username } };
}

/** How the page knows its Instagram account: by the professional conversion, or by its settings alone. */
function linkedInstagram(world: World, grant: Grant, page: Asset): Record<string, Node | undefined> {
  const { quirks } = world.directory.app(grant.platform, grant.clientId);
  const node = page.instagram && hasScope(grant, 'instagram_basic') ? instagramNode(world, grant, page) : undefined;
  const isConnectedOnly = quirks.includes('connected-only') || isPersonal(world, grant, page);
  return {
    instagram_business_account: isConnectedOnly ? undefined : node,
    connected_instagram_account: isConnectedOnly ? node : undefined,
  };
}

/** A page as its own object, where `tasks` is no field. @param withToken its token is asked for */
export function pageNode(call: Call, caller: Token, page: Asset, withToken = false): Node {
  const { grant, assetId } = caller;
  const isGiven =
    assetId === null &&
    isTicked(grant, page) &&
    tasksOf(call.world, grant, page).length > 0 &&
    hasScope(grant, 'pages_show_list', 'pages_read_engagement');
  const fields = {
    id: page.id,
    name: page.name,
    access_token: withToken && isGiven ? pageToken(call, caller, page).value : undefined,
    ...linkedInstagram(call.world, grant, page),
  };
  return { type: 'Page', fields };
}

/** A page as `/me/accounts` lists it. */
export function listedNode(call: Call, caller: Token, page: Asset, withToken = false): Node {
  const node = pageNode(call, caller, page, withToken);
  return { ...node, fields: { ...node.fields, tasks: tasksOf(call.world, caller.grant, page) } };
}
