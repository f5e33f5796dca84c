import {
  absent,
  appGrant,
  bootstrap,
  channel,
  claimedAgo,
  dueTokens,
  forgotten,
  fresh,
  grant,
  identity,
  minuteMs,
  nowAt,
  observation,
  other,
  parked,
  readyApp,
  retries,
  secondMs,
  singleUse,
  suspended,
  tokens,
  unknown,
  unusable,
  verdict,
} from '../builders.ts';
import { fires, misses, type Row, waits, yields } from './row.ts';

const rests = waits(47 * minuteMs);
const reReads = waits(5 * minuteMs);
const ready = { bootstrap };
const consumed = { bootstrap: { ...bootstrap, fingerprint: 'b1' } };
const ofApp = (of: Parameters<typeof channel>[0] = {}) => channel({ ...of, spec: { grantType: 'App', ...of.spec } });
const freshApp = ofApp({ status: undefined });
const elsewhere = grant({ identity: { ...identity, clusterId: 'elsewhere' } });
const onSingleUse = { app: readyApp({ profile: singleUse }) };
const changed = { app: readyApp({ clientId: 'another' }) };
const unowned = { accountOwner: undefined };
const wrong = grant({ account: { id: '43' } });

const importBootstrap: Row[] = [
  fires('importBootstrap', 'tokens are there at the first look', observation(fresh, absent, ready), { kind: 'Import' }),
  fires('importBootstrap', 'new tokens come for a lost grant', observation(grant({ verdict }), ready), {
    kind: 'Import',
  }),
  fires('importBootstrap', 'new tokens come after Forget', observation(forgotten, ready), { kind: 'Import' }),
  fires('importBootstrap', 'new tokens come for the right account', observation(wrong, ready), { kind: 'Import' }),
  fires(
    'importBootstrap',
    'the Secret has changed since it failed',
    observation(fresh, absent, ready, retries('Import', { inputs: 'inputs-0' })),
    {
      kind: 'Import',
    },
  ),
  misses('importBootstrap', 'the tokens were used up', observation(consumed), 'rest', rests),
  misses(
    'importBootstrap',
    'the tokens were used up by a grant that was forgotten',
    observation(forgotten, consumed),
    'noGrant',
    reReads,
  ),
  misses(
    'importBootstrap',
    'it failed a moment ago',
    observation(fresh, absent, ready, retries('Import')),
    'noGrant',
    waits(minuteMs),
  ),
  misses('importBootstrap', 'there is no Secret', observation(fresh, absent), 'noGrant', reReads),
  yields('importBootstrap', 'the record is not ours', observation(elsewhere, ready), 'adopt', reReads),
];

const noGrant: Row[] = [
  fires('noGrant', 'nobody has connected it', observation(fresh, absent), reReads),
  fires('noGrant', 'it was forgotten', observation(forgotten), reReads),
  fires(
    'noGrant',
    'the import of an earlier Secret had failed',
    observation(fresh, absent, retries('Import', { inputs: 'inputs-0', nextAt: nowAt - minuteMs })),
    reReads,
  ),
  fires('noGrant', 'an app asks for its own token', observation(freshApp, absent), { kind: 'Reissue' }),
  fires('noGrant', 'an app was refused a moment ago', observation(freshApp, absent, retries('Spend')), waits(minuteMs)),
  fires(
    'noGrant',
    'an app’s channel is suspended',
    observation(ofApp({ status: undefined, refresh: { policy: 'Suspended' } }), absent),
    waits(),
  ),
  misses('noGrant', 'there is one', observation(), 'rest', rests),
  misses('noGrant', 'the app is unusable', observation(fresh, absent, { app: unusable() }), 'appUnusable', reReads),
  yields('noGrant', 'tokens are there', observation(fresh, absent, ready), 'importBootstrap', { kind: 'Import' }),
];

const superseded = { parked: [{ ...parked, generation: 6, fingerprint: 'f6' }] };
const adoptParked: Row[] = [
  fires(
    'adoptParked',
    'an answer lost its commit',
    observation(onSingleUse, grant({ unknown }), { parked: [parked] }),
    {
      kind: 'AdoptParked',
      parked,
    },
  ),
  fires(
    'adoptParked',
    'an answer lost its commit to a claim that still lives',
    observation(onSingleUse, claimedAgo(20 * secondMs), { parked: [parked] }),
    {
      kind: 'AdoptParked',
      parked,
    },
  ),
  fires('adoptParked', 'a verdict was the mistake', observation(grant({ verdict }), { parked: [parked] }), {
    kind: 'AdoptParked',
    parked,
  }),
  fires('adoptParked', 'a newer grant was stored', observation(grant({ unknown }), superseded), {
    kind: 'DropParked',
    claimIds: ['claim-8'],
  }),
  fires(
    'adoptParked',
    'another consent was stored',
    observation(grant({ unknown }), { parked: [{ ...parked, epoch: 1, generation: 9 }] }),
    {
      kind: 'DropParked',
      claimIds: ['claim-8'],
    },
  ),
  fires(
    'adoptParked',
    'a newer answer was stored, and the token that was sent for both is the same',
    observation(grant({ unknown }), { parked: [{ ...parked, generation: 6 }] }),
    { kind: 'DropParked', claimIds: ['claim-8'] },
  ),
  misses(
    'adoptParked',
    'another token was spent for it',
    observation(grant({ verdict }), { parked: [{ ...parked, fingerprint: 'f6' }] }),
    'rejected',
    reReads,
  ),
  misses(
    'adoptParked',
    'its bytes could not be understood',
    observation(grant({ verdict }), { parked: [{ ...parked, answer: undefined }] }),
    'rejected',
    reReads,
  ),
  misses(
    'adoptParked',
    'it failed a moment ago',
    observation(grant({ verdict }), { parked: [parked] }, retries('Spend')),
    'rejected',
    reReads,
  ),
  yields(
    'adoptParked',
    'new tokens were supplied',
    observation(grant({ unknown }), { parked: [parked] }, ready),
    'importBootstrap',
    {
      kind: 'Import',
    },
  ),
];

const appChanged: Row[] = [
  fires('appChanged', 'the client is another one', observation(changed), reReads),
  fires('appChanged', 'a refresh is due', observation(changed, grant({ tokens: dueTokens })), reReads),
  fires(
    'appChanged',
    'the token endpoint moved',
    observation(grant({ issuedTo: { platform: 'twitch', clientId: 'client', tokenOrigin: 'https://id.example.com' } })),
    reReads,
  ),
  fires(
    'appChanged',
    'the platform is another one',
    observation(grant({ issuedTo: { platform: 'youtube', clientId: 'client', tokenOrigin: 'https://id.twitch.tv' } })),
    reReads,
  ),
  fires('appChanged', 'an app asks for its own token anew', observation(ofApp(), changed, grant(appGrant), unowned), {
    kind: 'Reissue',
  }),
  fires(
    'appChanged',
    'an app was refused a moment ago',
    observation(ofApp(), changed, grant(appGrant), unowned, retries('Spend')),
    reReads,
  ),
  fires(
    'appChanged',
    'an app’s channel is suspended',
    observation(ofApp({ refresh: { policy: 'Suspended' } }), changed, grant(appGrant), unowned),
    reReads,
  ),
  misses('appChanged', 'the app is as it was', observation(), 'rest', rests),
  yields('appChanged', 'tokens of the new app are supplied', observation(changed, ready), 'importBootstrap', {
    kind: 'Import',
  }),
];

const wrongAccount: Row[] = [
  fires('wrongAccount', 'the account is not the one first connected', observation(wrong), reReads),
  fires(
    'wrongAccount',
    'the account is not the one in spec',
    observation(channel({ spec: { account: { id: '44' } }, status: {} })),
    reReads,
  ),
  fires(
    'wrongAccount',
    'its refresh is due',
    observation(grant({ account: { id: '43' }, tokens: dueTokens })),
    reReads,
  ),
  misses('wrongAccount', 'spec says so now', observation(channel({ spec: { account: { id: '42' } } })), 'rest', rests),
  misses('wrongAccount', 'none was expected', observation(wrong, channel({ status: {} })), 'rest', rests),
  yields('wrongAccount', 'the app is another one as well', observation(wrong, changed), 'appChanged', reReads),
];

const account: Row[] = [
  fires('account', 'nobody owns the account', observation(unowned), { kind: 'ClaimAccount' }),
  fires('account', 'its owner has gone', observation({ accountOwner: other, isAccountOwnerGone: true }), {
    kind: 'ClaimAccount',
  }),
  fires('account', 'another channel owns it', observation({ accountOwner: other }), reReads),
  fires(
    'account',
    'another channel owns it and a refresh is due',
    observation({ accountOwner: other }, grant({ tokens: dueTokens })),
    reReads,
  ),
  misses('account', 'it is ours', observation(), 'rest', rests),
  misses(
    'account',
    'it could not be claimed a moment ago',
    observation(unowned, retries('Account')),
    'rest',
    waits(minuteMs),
  ),
  misses('account', 'it is not known yet', observation(unowned, grant({ account: undefined })), 'introspect', {
    kind: 'Introspect',
  }),
  misses('account', 'an app has none', observation(ofApp(), grant(appGrant), unowned), 'rest', rests),
  yields('account', 'it is the wrong one', observation(wrong, unowned), 'wrongAccount', reReads),
];

const suspendedRows: Row[] = [
  fires('suspended', 'a refresh is due', observation(suspended, grant({ tokens: dueTokens })), rests),
  fires(
    'suspended',
    'a refresh was asked for',
    observation(
      channel({ refresh: { policy: 'Suspended' }, metadata: { annotations: { 'socialops.dev/refresh': 'now' } } }),
    ),
    waits(47 * minuteMs),
  ),
  fires(
    'suspended',
    'an unknown outcome is open',
    observation(suspended, grant({ unknown, tokens }), onSingleUse),
    waits(47 * minuteMs),
  ),
  misses('suspended', 'it is automatic', observation(), 'rest', rests),
  yields('suspended', 'nothing of the account is owned yet', observation(suspended, unowned), 'account', {
    kind: 'ClaimAccount',
  }),
];

export const connection = [
  ...importBootstrap,
  ...noGrant,
  ...adoptParked,
  ...appChanged,
  ...wrongAccount,
  ...account,
  ...suspendedRows,
];
