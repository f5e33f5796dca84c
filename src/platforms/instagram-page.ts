import { bySystemUser, graph, hooks, liveTasks, login, nextPage, personal, proof } from './meta-login.ts';
import { textAt } from './paths.ts';
import { definePlatform, type ErrorRule } from './platform.ts';

const linked = ['instagram_business_account', 'connected_instagram_account'];
const ids = linked.map((field) => `${field}.id`);
const handles = linked.map((field) => `${field}.username`);
/** The settings of a Page may name a personal account, of which nothing but the id is shown. */
const usable = ['instagram_business_account.id', 'connected_instagram_account.username'];
// Braces, as a URL writes them.
const fields = linked.map((field) => `${field}%7Bid,username%7D`).join(',');
const pages = `${graph}/me/accounts?fields=id,name,tasks,access_token,${fields}&limit=100`;

/** The permissions whose `target_ids` are Instagram accounts; those of others are Pages, businesses, or nothing. */
const accountScopes = ['instagram_basic', 'instagram_content_publish'];

const anyId = [1, Number.MAX_SAFE_INTEGER * 1_000] as const;
const unusable: readonly ErrorRule[] = [
  // The settings of the Page name a personal account.
  {
    phase: 'Identity',
    status: [200],
    path: 'connected_instagram_account.id',
    between: [...anyId],
    family: 'Rejected',
    reason: 'AccountTypeChanged',
  },
  // A Page that is shown, and no account beside it.
  { phase: 'Identity', status: [200], path: 'id', between: [...anyId], family: 'Rejected', reason: 'PageUnlinked' },
];

/**
 * Instagram accounts that are linked to a Page: the Page's token acts for them, so that one login of a person serves all
 * of them. Id and name of the account are the account's own, not the Page's.
 */
export const instagramPage = definePlatform({
  name: 'instagram-page',
  spec: {
    ...login,
    displayName: 'Instagram (through a Page)',
    advice: [
      {
        text: 'Use the personal login that manages the Page, not the one of Instagram. Changing its password ends every connection that you gave.',
      },
      {
        about: 'Role',
        text: 'You need full control, or the task of creating content, on the Page that the Instagram account is linked to. Where the Page demands two-factor login, switch it on first.',
      },
      {
        about: 'Permission',
        text: 'Choose the Page and the Instagram account when you are asked, leave what was chosen before, and every permission on.',
      },
      {
        about: 'Account',
        text: 'See with that login whether a security check waits, and whether the Page and the professional Instagram account are still linked.',
      },
    ],
    authorize: {
      ...login.authorize,
      scopes: {
        purposes: {
          instagram_basic: 'reading the account: whose it is, and its name',
          instagram_content_publish: 'publishing',
          pages_read_engagement: 'reading the Page, and its access token',
          pages_show_list: 'finding the Page among those of the person',
        },
        separator: ',',
        default: [...accountScopes, 'pages_read_engagement', 'pages_show_list'],
        account: ['instagram_basic', 'pages_read_engagement', 'pages_show_list'],
      },
    },
    introspect: {
      ...login.introspect,
      assetScopes: { list: 'data.granular_scopes', scope: 'scope', assets: 'target_ids', only: accountScopes },
    },
    derive: {
      url: pages,
      params: proof,
      allowSecretInURL: true,
      pick: { list: 'data', where: ids, missing: 'PageUnlinked', next: nextPage },
      accessToken: ['access_token'],
      handle: handles,
    },
    // Of the Page: its token says which account it is linked to now.
    identity: {
      url: `${graph}/me?fields=id,${fields}`,
      params: proof,
      allowSecretInURL: true,
      interval: '1h',
      accountID: ids,
      handle: handles,
    },
    role: {
      url: pages,
      params: proof,
      allowSecretInURL: true,
      interval: '6h',
      pick: { list: 'data', where: ids, missing: 'PageUnlinked', next: nextPage },
      roles: 'tasks',
      accepted: liveTasks,
      handle: handles,
    },
    errors: [...unusable, ...login.errors],
  },
  variants: { kinds: { Page: personal, PageBySystemUser: bySystemUser } },
  hooks: { ...hooks, isUsable: (answer) => textAt(answer, usable) !== undefined },
});
