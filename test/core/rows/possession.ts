import {
  absent,
  bootstrap,
  channel,
  claimedAgo,
  deleted,
  dueTokens,
  failure,
  forgotten,
  grant,
  grantWith,
  hourMs,
  identity,
  minuteMs,
  nowAt,
  observation,
  other,
  readyApp,
  retries,
  reusable,
  secondMs,
  secretShowing,
  singleUse,
  status,
  unusable,
} from '../builders.ts';
import { fires, misses, type Row, waits, yields } from './row.ts';

/** Nothing to do until the next check of the token. */
const rests = waits(47 * minuteMs);
const reReads = waits(5 * minuteMs);
const forgetting = channel({ spec: { deletionPolicy: 'Forget' } });
const held = (of: Parameters<typeof channel>[0] = {}) =>
  channel({ ...of, metadata: { finalizers: ['socialops.dev/forget'], ...of.metadata } });
const elsewhere = grant({ identity: { ...identity, clusterId: 'elsewhere' } });
const earlier = grant({ identity: { ...identity, namespaceUid: 'earlier' } });
const adopting = (uid: string) => ({
  namespace: {
    uid: 'namespace-uid',
    labels: {},
    annotations: { 'socialops.dev/adopt-from': uid },
    isTerminating: false,
  },
});
const accepting = (stamp: string) =>
  channel({ metadata: { annotations: { 'socialops.dev/accept-missing-grant': stamp } } });
const stale = { isSecretCurrent: false };
const renamed = channel({ status: { ...status, secretName: 'former-token' } });
const terminating = {
  namespace: { uid: 'namespace-uid', labels: {}, annotations: {}, isTerminating: true },
};

const leaving: Row[] = [
  fires('leaving', 'its grant is to be forgotten', observation(deleted()), { kind: 'Forget' }),
  fires('leaving', 'its grant is forgotten', observation(deleted(), forgotten), { kind: 'RemoveFinalizer' }),
  fires('leaving', 'it never had a grant', observation(deleted(), absent), { kind: 'RemoveFinalizer' }),
  fires(
    'leaving',
    'its record was deleted by hand, which leaves versions behind',
    observation(deleted(), { grant: { ...absent.grant, version: 4 } }),
    { kind: 'Forget' },
  ),
  fires('leaving', 'the record is another cluster’s', observation(deleted(), elsewhere), { kind: 'RemoveFinalizer' }),
  fires('leaving', 'a spend is in flight', observation(deleted(), claimedAgo(20 * secondMs)), waits(40 * secondMs)),
  fires('leaving', 'a claim is over', observation(deleted(), claimedAgo(minuteMs)), { kind: 'Forget' }),
  fires('leaving', 'Forget failed a moment ago', observation(deleted(), retries('Finalize')), waits(minuteMs)),
  fires(
    'leaving',
    'the platform did not answer for most of the patience',
    observation(deleted(), retries('Finalize', { firstAt: nowAt - 50 * secondMs, nextAt: nowAt + hourMs })),
    waits(10 * secondMs),
  ),
  fires(
    'leaving',
    'the patience is over, and the last attempt was before that',
    observation(deleted(), retries('Finalize', { firstAt: nowAt - minuteMs, nextAt: nowAt + hourMs })),
    { kind: 'Forget' },
  ),
  fires(
    'leaving',
    'it failed once more after the patience',
    observation(
      deleted(),
      retries('Finalize', { firstAt: nowAt - 2 * minuteMs, lastAt: nowAt, nextAt: nowAt + minuteMs }),
    ),
    waits(minuteMs),
  ),
  fires('leaving', 'Forget failed, and its time has come', observation(deleted(), retries('Finalize', { nextAt: 0 })), {
    kind: 'Forget',
  }),
  fires('leaving', 'no finalizer of ours is left', observation(deleted({ metadata: { finalizers: [] } })), waits()),
  misses('leaving', 'it stays', observation(), 'rest', rests),
];

const finalizer: Row[] = [
  fires('finalizer', 'deletion shall forget the grant', observation(forgetting), { kind: 'AddFinalizer' }),
  fires('finalizer', 'deletion shall keep the grant again', observation(held()), { kind: 'RemoveFinalizer' }),
  misses(
    'finalizer',
    'it is there as wished',
    observation(held({ spec: { deletionPolicy: 'Forget' } })),
    'rest',
    rests,
  ),
  misses('finalizer', 'it could not be added', observation(forgetting, retries('Finalize')), 'rest', waits(minuteMs)),
  yields(
    'finalizer',
    'a channel is leaving',
    observation(deleted({ metadata: { finalizers: [] } })),
    'leaving',
    waits(),
  ),
];

const adopt: Row[] = [
  fires('adopt', 'the record is another cluster’s', observation(elsewhere), reReads),
  fires('adopt', 'the record is an earlier namespace’s', observation(earlier), reReads),
  fires('adopt', 'that cluster is taken over', observation(elsewhere, { adoptCluster: 'elsewhere' }), {
    kind: 'AdoptIdentity',
  }),
  fires('adopt', 'a third cluster is taken over', observation(elsewhere, { adoptCluster: 'third' }), reReads),
  fires('adopt', 'the namespace takes over from that one', observation(earlier, adopting('earlier')), {
    kind: 'AdoptIdentity',
  }),
  fires('adopt', 'the namespace takes over from another one', observation(earlier, adopting('third')), reReads),
  fires(
    'adopt',
    'the namespace is admitted and the cluster is not',
    observation(
      grant({ identity: { ...identity, clusterId: 'elsewhere', namespaceUid: 'earlier' } }),
      adopting('earlier'),
    ),
    reReads,
  ),
  fires(
    'adopt',
    'it could not be written',
    observation(earlier, adopting('earlier'), retries('Import')),
    waits(minuteMs),
  ),
  misses('adopt', 'the record is ours', observation(), 'rest', rests),
  yields('adopt', 'the channel leaves', observation(deleted(), elsewhere), 'leaving', { kind: 'RemoveFinalizer' }),
];

const grantMissing: Row[] = [
  fires('grantMissing', 'a record vanished', observation(absent), reReads),
  fires('grantMissing', 'a bootstrap waits, which must not cover it up', observation(absent, { bootstrap }), reReads),
  fires('grantMissing', 'an older loss was accepted', observation(absent, accepting('2.6')), reReads),
  misses(
    'grantMissing',
    'this loss was accepted',
    observation(absent, accepting('2.7'), { bootstrap }),
    'importBootstrap',
    {
      kind: 'Import',
    },
  ),
  misses(
    'grantMissing',
    'there never was one',
    observation(absent, channel({ status: undefined })),
    'noGrant',
    reReads,
  ),
  misses('grantMissing', 'it was forgotten on request', observation(forgotten), 'noGrant', reReads),
  yields('grantMissing', 'its finalizer is wanted', observation(absent, forgetting), 'finalizer', {
    kind: 'AddFinalizer',
  }),
];

const project: Row[] = [
  fires('project', 'the Secret is not current', observation(stale), { kind: 'Project' }),
  fires('project', 'the path in Vault is not current', observation({ isVaultTokenCurrent: false }), {
    kind: 'Project',
  }),
  fires('project', 'the Secret was deleted', observation(stale, { secret: { state: 'Absent' } }), { kind: 'Project' }),
  fires('project', 'the app is unusable, and a token lives', observation(stale, { app: unusable() }), {
    kind: 'Project',
  }),
  fires(
    'project',
    'the Secret is somebody else’s, and Vault’s path is not current',
    observation(stale, { secret: { state: 'Foreign', name: 'twitch-token' }, isVaultTokenCurrent: false }),
    { kind: 'Project' },
  ),
  misses(
    'project',
    'the Secret is somebody else’s',
    observation(stale, { secret: { state: 'Foreign', name: 'twitch-token' } }),
    'rest',
    reReads,
  ),
  misses('project', 'it failed a moment ago', observation(stale, retries('Project')), 'rest', waits(minuteMs)),
  misses('project', 'the namespace ends', observation(stale, terminating), 'rest', rests),
  misses('project', 'there is no access token', observation(stale, grantWith({ access: undefined })), 'refresh', {
    kind: 'Spend',
    mode: 'Refresh',
  }),
  misses(
    'project',
    'the account is another one',
    observation(stale, grant({ account: { id: '43' } })),
    'wrongAccount',
    reReads,
  ),
  misses('project', 'the account is not known yet', observation(stale, grant({ account: undefined })), 'introspect', {
    kind: 'Introspect',
  }),
  misses(
    'project',
    'another channel keeps the account',
    observation(stale, { accountOwner: other }),
    'account',
    reReads,
  ),
  misses(
    'project',
    'the record is older than what pods have',
    observation(stale, secretShowing('2.9'), { app: readyApp({ profile: singleUse }) }),
    'rolledBack',
    { kind: 'MarkUnknown' },
  ),
  yields('project', 'the record is not ours', observation(stale, elsewhere), 'adopt', reReads),
];

const retiredSecret: Row[] = [
  fires('retiredSecret', 'the token has moved', observation(renamed), { kind: 'RemoveSecret', name: 'former-token' }),
  misses('retiredSecret', 'the name is the same', observation(), 'rest', rests),
  misses('retiredSecret', 'it was never written', observation(channel({ status: {} })), 'rest', rests),
  misses('retiredSecret', 'it could not be removed', observation(renamed, retries('Project')), 'rest', waits(minuteMs)),
  yields(
    'retiredSecret',
    'the path in Vault is stale',
    observation(renamed, { isVaultTokenCurrent: false }),
    'project',
    {
      kind: 'Project',
    },
  ),
  misses(
    'retiredSecret',
    'the new one is somebody else’s',
    observation(renamed, stale, { secret: { state: 'Foreign', name: 'twitch-token' } }),
    'rest',
    reReads,
  ),
];

const appUnusable: Row[] = [
  fires('appUnusable', 'the app is not there', observation({ app: unusable() }), reReads),
  fires(
    'appUnusable',
    'tokens wait to be imported',
    observation(absent, channel({ status: undefined }), {
      app: unusable(),
      bootstrap,
    }),
    reReads,
  ),
  fires('appUnusable', 'a refresh is due', observation({ app: unusable() }, grant({ tokens: dueTokens })), reReads),
  misses('appUnusable', 'it can be used', observation({ app: readyApp({ profile: reusable }) }), 'rest', rests),
  yields('appUnusable', 'pods have no current token', observation(stale, { app: unusable() }), 'project', {
    kind: 'Project',
  }),
  yields(
    'appUnusable',
    'the record is missing as well',
    observation(absent, { app: unusable(), retries: {}, bootstrap: { state: 'Unusable', failure: failure() } }),
    'grantMissing',
    reReads,
  ),
];

export const possession = [
  ...leaving,
  ...finalizer,
  ...adopt,
  ...grantMissing,
  ...project,
  ...retiredSecret,
  ...appUnusable,
];
