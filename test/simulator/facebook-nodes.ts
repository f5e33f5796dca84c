import { hasScope, instagramNode, isTroubled, pageNode, tasksOf } from './facebook-pages.ts';
import { blockOf, readRefusal } from './facebook-person.ts';
import { type GraphProblem, graphError, invisible, lacksPermission, notBusiness, requestBug } from './meta-answers.ts';
import type { Method } from './meta-calls.ts';
import { fieldsOf, nodeAnswer, shown } from './meta-fields.ts';
import type { About, Caller } from './meta-limits.ts';
import type { Asset, Operation } from './model.ts';
import type { Answer, Call, PlatformRequest, Token } from './platform.ts';

/** What an id in a path stands for, as far as a token reaches. */
type Target = { kind: 'person' } | { kind: 'page' | 'instagram'; page: Asset };

/** A call that asks for a page's token derives it. */
export const fieldsOperation =
  (otherwise: Operation) =>
  ({ query }: PlatformRequest): Operation =>
    (query.get('fields') ?? '').split(',').includes('access_token') ? 'derive' : otherwise;

function targetOf({ world, params, platform }: Call, { token }: Caller): Target | null {
  const { node = '' } = params;
  if (!token) {
    return null;
  }
  const { grant, assetId } = token;
  const id = node === 'me' ? (assetId ?? grant.accountId ?? '') : node;
  if (assetId === null && id === grant.accountId) {
    return { kind: 'person' };
  }
  const own = assetId === null ? world.assets.of(platform.name, grant.accountId ?? '') : [];
  const reached = [...own, world.assets.find(platform.name, assetId ?? id)].filter((page) => page?.condition === 'ok');
  const page = reached.find((one) => one?.id === id);
  const linked = reached.find((one) => one?.instagram?.id === id);
  if (page) {
    return { kind: 'page', page };
  }
  return linked ? { kind: 'instagram', page: linked } : null;
}

function aboutOf(call: Call, caller: Caller): About {
  const kind = targetOf(call, caller)?.kind ?? 'person';
  return kind === 'person' ? 'nothing' : kind;
}

/** `GET /{id}`: the person, a page, or the Instagram account of one. */
export const node: Method = {
  required: [],
  optional: ['fields'],
  about: aboutOf,
  answer: (call, caller) => {
    const { token } = caller;
    const { node: id = '' } = call.params;
    const target = targetOf(call, caller);
    if (id === 'me' && !token) {
      return graphError({ code: 2500, message: 'An active access token must be used to query the current user.' });
    }
    if (!target || !token) {
      const isAlias = !/^\d+$/.test(id);
      return graphError(isAlias ? { code: 803, message: '(#803) Some of the aliases do not exist' } : invisible(id));
    }
    const refusal = readRefusal(call, caller);
    if (refusal) {
      return graphError(refusal);
    }
    if (target.kind === 'person') {
      return person(call, token);
    }
    return target.kind === 'page' ? pageAnswer(call, token, target.page) : instagramAnswer(call, token, target.page);
  },
};

function person(call: Call, { grant }: Token): Answer {
  const { id, displayName, email } = call.world.directory.account(grant.platform, grant.accountId ?? '');
  const fields = { id, name: displayName, email: hasScope(grant, 'email') ? email : undefined };
  return nodeAnswer(call, { type: 'User', fields }, 'id,name');
}

function pageAnswer(call: Call, token: Token, page: Asset): Answer {
  if (token.assetId === null && !hasScope(token.grant, 'pages_read_engagement')) {
    return graphError(lacksPermission(10, "'pages_read_engagement' or the feature Page Public Content Access"));
  }
  const asked = fieldsOf(call, pageNode(call, token, page), 'id,name');
  return asked instanceof Map
    ? { status: 200, body: shown(pageNode(call, token, page, asked.has('access_token')), asked) }
    : asked;
}

function instagramAnswer(call: Call, { grant }: Token, page: Asset): Answer {
  const { world } = call;
  if (!hasScope(grant, 'instagram_basic')) {
    return graphError(lacksPermission(10, "'instagram_basic'"));
  }
  if (isTroubled(world, 'account-type-changed', grant, page.id)) {
    return graphError(notBusiness());
  }
  const isUnauthorized = isTroubled(world, 'publishing-unauthorized', grant, page.id);
  const block = isUnauthorized ? blockOf(call, grant, page.id) : null;
  return block ? graphError(block) : nodeAnswer(call, instagramNode(world, grant, page), 'id');
}

/** `GET /{page-id}/live_videos`: nobody has any here. */
export const liveVideos: Method = {
  required: [],
  optional: ['limit', 'fields'],
  about: 'page',
  answer: (call, caller) => {
    const problem = livePage(call, caller) ?? readRefusal(call, caller);
    if (problem || !caller.token) {
      return graphError(problem ?? invisible(call.params.node ?? ''));
    }
    const isAllowed = hasScope(caller.token.grant, 'pages_read_engagement');
    return isAllowed ? { status: 200, body: { data: [] } } : graphError(lacksPermission(10, 'pages_read_engagement'));
  },
};

function livePage(call: Call, caller: Caller): GraphProblem | null {
  const target = targetOf(call, caller);
  return target?.kind === 'page' ? null : invisible(call.params.node ?? '');
}

const contentTasks = ['CREATE_CONTENT', 'MANAGE', 'PROFILE_PLUS_CREATE_CONTENT', 'PROFILE_PLUS_FULL_CONTROL'];

/** `POST /{page-id}/live_videos`: a broadcast that viewers see, which no keeper of tokens makes. */
export const newLiveVideo: Method = {
  required: ['status'],
  optional: ['title', 'description', 'enable_backup_ingest', 'stop_on_delete_stream', 'privacy', 'event_params'],
  about: 'page',
  answer: (call, caller) => {
    call.complain('a live video was created: viewers see it');
    const problem = livePage(call, caller) ?? publishingProblem(call, caller);
    if (problem) {
      return graphError(problem);
    }
    const streams = { stream_url: 'rtmp://ingest.example/rtmp/FAKE', stream_secondary_urls: [] };
    const secure = {
      secure_stream_url: 'rtmps://ingest.example:443/rtmp/FAKE',
      secure_stream_secondary_urls: [],
    };
    return { status: 200, body: { id: '900800700600500', ...streams, ...secure } };
  },
};

function publishingProblem(call: Call, { token }: Caller): GraphProblem | null {
  const { world } = call;
  const page = world.assets.find(call.platform.name, token?.assetId ?? '');
  if (!token || !page) {
    return lacksPermission(200, 'the access token of the Page');
  }
  const { grant } = token;
  if (!hasScope(grant, 'pages_read_engagement') || !hasScope(grant, 'pages_manage_posts')) {
    return lacksPermission(200, 'PAGES_READ_ENGAGEMENT, PAGES_MANAGE_POSTS to create live video');
  }
  if (!tasksOf(world, grant, page).some((task) => contentTasks.includes(task))) {
    return requestBug('No permission to publish the video');
  }
  return isTroubled(world, 'live-disabled', grant, page.id)
    ? requestBug('The Page is not eligible for live video yet')
    : blockOf(call, grant, page.id);
}
