import { bySystemUser, graph, hooks, liveTasks, login, nextPage, personal, proof } from './meta-login.ts';
import { definePlatform, type SparseSpec } from './platform.ts';

/** The permissions whose `target_ids` are Pages; those of others are businesses, other accounts, or nothing. */
const pageScopes = ['pages_manage_posts', 'pages_read_engagement', 'pages_show_list'];

/** A Page's token is what streams use. It has no end of its own, and is derived from the person's, which has one. */
const page: SparseSpec = {
  advice: [
    {
      text: 'Use your personal Facebook login: Pages have none. Changing its password ends every connection that you gave.',
    },
    {
      about: 'Role',
      text: 'You need full control of the Page, or the task of creating content. Where the Page or its business demands two-factor login, switch it on first.',
    },
    {
      about: 'Permission',
      text: 'Choose this Page when Facebook asks which ones, leave what was chosen before, and every permission on.',
    },
    {
      about: 'Account',
      text: 'See at facebook.com whether a security check waits for you, and whether the Page is published and not restricted.',
    },
  ],
  authorize: {
    scopes: {
      default: [...pageScopes, 'publish_video'],
      account: ['pages_read_engagement', 'pages_show_list'],
      purposes: {
        pages_manage_posts: 'posts and announcements on the Page',
        pages_read_engagement: 'reading the Page, and its access token',
        pages_show_list: 'finding the Page among those of the person',
        publish_video: 'going live',
      },
    },
  },
  introspect: {
    accountID: ['data.profile_id'],
    assetScopes: { list: 'data.granular_scopes', scope: 'scope', assets: 'target_ids', only: pageScopes },
  },
  derive: {
    // Not from the list: it leaves out Pages of a business portfolio unless business_management was granted as well.
    url: `${graph}/{{account.id}}?fields=id,name,access_token`,
    params: proof,
    allowSecretInURL: true,
    accessToken: ['access_token'],
    handle: ['name'],
  },
  role: {
    url: `${graph}/me/accounts?fields=id,name,tasks&limit=100`,
    params: proof,
    allowSecretInURL: true,
    interval: '6h',
    pick: { list: 'data', where: ['id'], next: nextPage },
    roles: 'tasks',
    accepted: liveTasks,
    handle: ['name'],
  },
};

/** Facebook: Pages, and people's own profiles. */
export const facebook = definePlatform({
  name: 'facebook',
  spec: {
    ...login,
    displayName: 'Facebook',
    advice: [
      { text: 'Use your personal Facebook login. Changing its password ends every connection that you gave.' },
      { about: 'Role', text: 'You can connect your own profile only; for a Page the channel has to name it.' },
      { about: 'Permission', text: 'Leave every permission switched on that Facebook shows.' },
      {
        about: 'Account',
        text: 'Log in at facebook.com first: a security check there has to be passed before anything works.',
      },
    ],
    identity: {
      url: `${graph}/me?fields=id,name`,
      params: proof,
      allowSecretInURL: true,
      interval: '6h',
      accountID: ['id'],
      handle: ['name'],
    },
  },
  variants: {
    kinds: {
      Page: { ...personal, ...page },
      User: {
        ...personal,
        authorize: { scopes: { default: ['publish_video'], purposes: { publish_video: 'going live' } } },
        introspect: { accountID: ['data.user_id'] },
      },
      PageBySystemUser: { ...page, ...bySystemUser },
    },
  },
  hooks,
});
