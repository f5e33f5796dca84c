// A flat table: for every alert, series that make it fire and series that only nearly do.

/** Values as promtool writes them, one sample a minute. */
export type Series = Readonly<Record<string, string>>;

export interface AlertRow {
  readonly alert: string;
  readonly name: string;
  readonly series: Series;
  /** When it is looked at, minutes from the start. */
  readonly atMinute: number;
  /** Labels of each alert that fires then; none: it stays silent. */
  readonly fires: readonly Readonly<Record<string, string>>[];
  /** Words of the summary or the description of the first. */
  readonly says?: readonly string[];
}

const channel = 'namespace="main-stage",name="twitch",platform="twitch"';
const info = { [`socialchannel_info{${channel},app="main-stage/twitch",owner="Dana Reyes"}`]: '1x20000' };
const labels = { namespace: 'main-stage', name: 'twitch', platform: 'twitch' };
const owned = { ...labels, owner: 'Dana Reyes', app: 'main-stage/twitch' };
const expiry = `socialchannel_access_token_expiration_timestamp_seconds{${channel}}`;
const nextRefresh = `socialchannel_next_refresh_timestamp_seconds{${channel}}`;
const lastRefresh = `socialchannel_last_refresh_timestamp_seconds{${channel}}`;
const failing = `socialchannel_failing_since_timestamp_seconds{${channel}}`;
const deadline = `socialchannel_deadline_timestamp_seconds{${channel}}`;
const state = (word: string) => `socialchannel_state{${channel},state="${word}"}`;
const condition = (status: string) =>
  `socialchannel_status_condition{${channel},condition="SecretProjected",status="${status}"}`;
const requests = (outcome: string) =>
  `socialchannel_platform_requests_total{platform="twitch",app="main-stage/twitch",operation="token",outcome="${outcome}"}`;
const refreshes = (result: string, family: string) =>
  `socialchannel_token_refresh_total{platform="twitch",app="main-stage/twitch",result="${result}",family="${family}"}`;
const vault = (operation: string, outcome: string) =>
  `socialchannel_vault_requests_total{operation="${operation}",outcome="${outcome}"}`;
const channels = (reason: string) => `socialchannel_channels{platform="twitch",state="Connected",reason="${reason}"}`;
const day = 86_400;

export const alertRows: readonly AlertRow[] = [
  {
    alert: 'SocialChannelTokenExpired',
    name: 'a token ended and its refresh does not come',
    series: { ...info, [expiry]: '600x60', [nextRefresh]: '900x60' },
    atMinute: 12,
    fires: [{ ...owned, severity: 'critical' }],
    says: ['main-stage/twitch have no valid twitch token', '1970-01-01 00:10:00', 'Dana Reyes'],
  },
  {
    alert: 'SocialChannelTokenExpired',
    name: 'the login was lost, so no refresh is planned',
    series: { ...info, [expiry]: '600x60', [state('NeedsReauth')]: '1x60' },
    atMinute: 12,
    fires: [{ ...owned, severity: 'critical' }],
  },
  {
    alert: 'SocialChannelTokenExpired',
    name: 'two replicas export the channel while it moves',
    series: {
      ...info,
      [expiry]: '600x60',
      [expiry.replace('}', ',pod="b"}')]: '9000x60',
      [nextRefresh]: '900x60',
    },
    atMinute: 12,
    fires: [],
  },
  {
    alert: 'SocialChannelTokenExpired',
    name: 'refreshing is suspended: nobody expects a token',
    series: { ...info, [expiry]: '600x60', [state('Connected')]: '1x60' },
    atMinute: 12,
    fires: [],
  },
  {
    alert: 'SocialChannelTokenExpirySoon',
    name: 'the last quarter of an hour began while refreshes fail',
    series: { [expiry]: '3600x60', [lastRefresh]: '0x60', [failing]: '2000x60' },
    atMinute: 47,
    fires: [{ platform: 'twitch', severity: 'warning' }],
    says: ['will have no valid token in 13m 0s', 'Nobody needs to reconnect'],
  },
  {
    alert: 'SocialChannelTokenExpirySoon',
    name: 'refreshes fail, and there is plenty of time',
    series: { [expiry]: '3600x60', [lastRefresh]: '0x60', [failing]: '600x60' },
    atMinute: 40,
    fires: [],
  },
  {
    alert: 'SocialChannelTokenExpirySoon',
    name: 'the last quarter began, and the refresh is only planned late',
    series: { [expiry]: '3600x60', [lastRefresh]: '0x60' },
    atMinute: 50,
    fires: [],
  },
  {
    alert: 'SocialChannelTokenExpirySoon',
    name: 'the token has ended: another alert tells',
    series: { [expiry]: '3600x90', [lastRefresh]: '0x90', [failing]: '2000x90' },
    atMinute: 70,
    fires: [],
  },
  {
    alert: 'SocialChannelNeedsReauth',
    name: 'the platform rejected the login five minutes ago',
    series: { ...info, [state('NeedsReauth')]: '1x60' },
    atMinute: 6,
    fires: [{ ...owned, severity: 'warning' }],
    says: ['Dana Reyes has to reconnect main-stage/twitch (twitch)'],
  },
  {
    alert: 'SocialChannelNeedsReauth',
    name: 'it was reconnected within five minutes',
    series: { ...info, [state('NeedsReauth')]: '1x3 stale', [state('Connected')]: '_x4 1x60' },
    atMinute: 6,
    fires: [],
  },
  {
    alert: 'SocialChannelMassReauth',
    name: 'six of ten logins were rejected within the hour',
    series: {
      'socialchannel_verdicts_total{platform="twitch",reason="AccessRevoked"}': '0x10 0+1x6 6x60',
      [channels('Healthy')]: '10x90',
    },
    atMinute: 40,
    fires: [{ platform: 'twitch', severity: 'critical' }],
    says: ['were rejected within an hour'],
  },
  {
    alert: 'SocialChannelMassReauth',
    name: 'six of a hundred are many owners',
    series: {
      'socialchannel_verdicts_total{platform="twitch",reason="AccessRevoked"}': '0x10 0+1x6 6x60',
      [channels('Healthy')]: '100x90',
    },
    atMinute: 40,
    fires: [],
  },
  {
    alert: 'SocialChannelMassReauth',
    name: 'one of two is one owner',
    series: {
      'socialchannel_verdicts_total{platform="twitch",reason="AccessRevoked"}': '0x10 1x60',
      [channels('Healthy')]: '2x90',
    },
    atMinute: 40,
    fires: [],
  },
  {
    alert: 'SocialChannelRejectionsHeld',
    name: 'verdicts wait for the end of a wave',
    series: { [channels('RejectionsHeld')]: '7x60' },
    atMinute: 11,
    fires: [{ platform: 'twitch', severity: 'warning' }],
    says: ['7 verdicts wait', 'nobody is asked to reconnect'],
  },
  {
    alert: 'SocialChannelRejectionsHeld',
    name: 'the wave was over within minutes',
    series: { [channels('RejectionsHeld')]: '7x5 0x60' },
    atMinute: 11,
    fires: [],
  },
  {
    alert: 'SocialChannelConsentExpirySoon',
    name: 'six days are left',
    series: { ...info, [deadline]: `${6 * day + 600}x60`, [state('Expiring')]: '1x60' },
    atMinute: 10,
    fires: [{ ...owned, severity: 'warning' }],
    says: ['Dana Reyes has to consent again to main-stage/twitch within 6d 0h 0m 0s'],
  },
  {
    alert: 'SocialChannelConsentExpirySoon',
    name: 'eight days are left',
    series: { ...info, [deadline]: `${8 * day}x60`, [state('Connected')]: '1x60' },
    atMinute: 10,
    fires: [],
  },
  {
    alert: 'SocialChannelConsentExpirySoon',
    name: 'the person is asked already',
    series: { ...info, [deadline]: `${6 * day}x60`, [state('NeedsReauth')]: '1x60' },
    atMinute: 10,
    fires: [],
  },
  {
    alert: 'SocialChannelConsentExpiryAhead',
    name: 'twenty days are left',
    series: { ...info, [deadline]: `${20 * day}x120` },
    atMinute: 65,
    fires: [{ ...owned, severity: 'info' }],
    says: ['Dana Reyes chooses a day without a show'],
  },
  {
    alert: 'SocialChannelConsentExpiryAhead',
    name: 'the nearer alert tells',
    series: { ...info, [deadline]: `${6 * day}x120` },
    atMinute: 65,
    fires: [],
  },
  {
    alert: 'SocialChannelConsentExpiryAhead',
    name: 'forty days are left',
    series: { ...info, [deadline]: `${40 * day}x120` },
    atMinute: 65,
    fires: [],
  },
  {
    alert: 'SocialChannelSecretProjectionStale',
    name: 'the Secret could not be written for five minutes',
    series: { ...info, [condition('False')]: '1x60', [state('Connected')]: '1x60' },
    atMinute: 7,
    fires: [{ ...owned, severity: 'critical' }],
    says: ['The Secret of main-stage/twitch does not hold the present token'],
  },
  {
    alert: 'SocialChannelSecretProjectionStale',
    name: 'it was never connected',
    series: { ...info, [condition('False')]: '1x60', [state('Pending')]: '1x60' },
    atMinute: 7,
    fires: [],
  },
  {
    alert: 'SocialChannelAppFault',
    name: 'the app is refused again and again',
    series: { [requests('Misconfigured')]: '0+1x60' },
    atMinute: 10,
    fires: [{ platform: 'twitch', app: 'main-stage/twitch', severity: 'warning' }],
    says: ['refuses app main-stage/twitch, not its channels', 'no owner does'],
  },
  {
    alert: 'SocialChannelAppFault',
    name: 'it was corrected, and the last refusal is long ago',
    series: { [requests('Misconfigured')]: '0+1x3 3x60', [requests('Success')]: '0+1x60' },
    atMinute: 40,
    fires: [],
  },
  {
    alert: 'SocialChannelRefreshFailing',
    name: 'most refreshes end as Transient',
    series: { [refreshes('Refused', 'Transient')]: '0+1x90', [refreshes('Answered', 'None')]: '0x90' },
    atMinute: 60,
    fires: [{ platform: 'twitch', family: 'Transient', severity: 'warning' }],
    says: ['Most refreshes on twitch fail (Transient)'],
  },
  {
    alert: 'SocialChannelRefreshFailing',
    name: 'one in ten fails',
    series: { [refreshes('Refused', 'Transient')]: '0+1x90', [refreshes('Answered', 'None')]: '0+9x90' },
    atMinute: 60,
    fires: [],
  },
  {
    alert: 'SocialChannelRefreshFailing',
    name: 'the only refresh of the hour failed once',
    series: { [refreshes('Refused', 'Transient')]: '0x20 1x90', [refreshes('Answered', 'None')]: '0x90' },
    atMinute: 60,
    fires: [],
  },
  {
    alert: 'SocialChannelUnexpectedAnswers',
    name: 'a code that nobody knows comes every minute',
    series: { [requests('Unexpected')]: '0+1x60' },
    atMinute: 20,
    fires: [{ platform: 'twitch', severity: 'warning' }],
    says: ['answers that the operator does not know'],
  },
  {
    alert: 'SocialChannelUnexpectedAnswers',
    name: 'every answer is known',
    series: { [requests('Unexpected')]: '4x60', [requests('Transient')]: '0+1x60' },
    atMinute: 20,
    fires: [],
  },
  {
    alert: 'SocialChannelPlatformRateLimited',
    name: 'channels wait for a limit',
    series: { [channels('RateLimited')]: '3x60', [channels('QuotaExhausted')]: '1x60' },
    atMinute: 12,
    fires: [{ platform: 'twitch', severity: 'warning' }],
    says: ['limits 4 channels'],
  },
  {
    alert: 'SocialChannelPlatformRateLimited',
    name: 'other reasons are no limit',
    series: { [channels('PlatformUnavailable')]: '3x60' },
    atMinute: 12,
    fires: [],
  },
  {
    alert: 'SocialChannelFalseAccusation',
    name: 'a verdict turned out wrong',
    series: { 'socialchannel_false_accusations_total{platform="twitch"}': '0x5 1x60' },
    atMinute: 10,
    fires: [{ platform: 'twitch', severity: 'warning' }],
    says: ['counted as lost lives'],
  },
  {
    alert: 'SocialChannelFalseAccusation',
    name: 'one of long ago',
    series: { 'socialchannel_false_accusations_total{platform="twitch"}': '1x90' },
    atMinute: 10,
    fires: [],
  },
  {
    alert: 'SocialChannelOperatorAbsent',
    name: 'no replica is scraped',
    series: { up: '1x60' },
    atMinute: 11,
    fires: [{ severity: 'critical' }],
    says: ['No social-channel-operator is scraped'],
  },
  {
    alert: 'SocialChannelOperatorAbsent',
    name: 'an upgrade takes two minutes',
    series: { 'socialchannel_build_info{version="1"}': '1x5 _x2 1x20' },
    atMinute: 20,
    fires: [],
  },
  {
    alert: 'SocialChannelBucketsUnowned',
    name: 'every replica misses owners',
    series: { 'socialchannel_refreshes_held{pod="a"}': '9x60', 'socialchannel_refreshes_held{pod="b"}': '4x60' },
    atMinute: 6,
    fires: [{ severity: 'critical' }],
    says: ['Nobody looks after 4 channels'],
  },
  {
    alert: 'SocialChannelBucketsUnowned',
    name: 'one replica is cut off, and another has taken over',
    series: { 'socialchannel_refreshes_held{pod="a"}': '9x60', 'socialchannel_refreshes_held{pod="b"}': '0x60' },
    atMinute: 6,
    fires: [],
  },
  {
    alert: 'SocialChannelVaultUnavailable',
    name: 'Vault is sealed',
    series: { [vault('read', '503')]: '0+5x60', [vault('read', '200')]: '0x60' },
    atMinute: 10,
    fires: [{ severity: 'critical' }],
    says: ['nobody has to reconnect'],
  },
  {
    alert: 'SocialChannelVaultUnavailable',
    name: 'writes that lose their check-and-set are no outage',
    series: { [vault('write', '400')]: '0+5x60', [vault('read', '200')]: '0+1x60' },
    atMinute: 10,
    fires: [],
  },
  {
    alert: 'SocialChannelVaultWriteBlocked',
    name: 'writes are refused while reads succeed',
    series: { [vault('write', '403')]: '0+1x60', [vault('read', '200')]: '0+5x60', [vault('write', '200')]: '7x60' },
    atMinute: 20,
    fires: [{ severity: 'critical' }],
    says: ['refuses every write', 'refreshes nothing on purpose'],
  },
  {
    alert: 'SocialChannelVaultWriteBlocked',
    name: 'one path is refused and others are not',
    series: { [vault('write', '403')]: '0+1x60', [vault('write', '200')]: '0+1x60' },
    atMinute: 20,
    fires: [],
  },
  {
    alert: 'SocialChannelVaultWriteBlocked',
    name: 'nothing was to be written',
    series: { [vault('write', '200')]: '7x60', [vault('write', '403')]: '2x60' },
    atMinute: 20,
    fires: [],
  },
  {
    alert: 'SocialChannelEscrowUnreadable',
    name: 'a sealed answer is damaged',
    series: { 'socialchannel_escrows_unreadable_total{platform="twitch"}': '0x5 1x60' },
    atMinute: 10,
    fires: [{ platform: 'twitch', severity: 'warning' }],
    says: ['kept and not used'],
  },
  {
    alert: 'SocialChannelEscrowUnreadable',
    name: 'all of them could be opened',
    series: { 'socialchannel_escrows_unreadable_total{platform="twitch"}': '0x60' },
    atMinute: 10,
    fires: [],
  },
  {
    alert: 'SocialChannelReflectorStale',
    name: 'the watch is silent for a quarter of an hour',
    series: { 'socialchannel_reflector_last_sync_timestamp_seconds{instance="a",kind="SocialChannel"}': '60x60' },
    atMinute: 20,
    fires: [{ instance: 'a', kind: 'SocialChannel', severity: 'warning' }],
    says: ['a has heard nothing of SocialChannel for 19m'],
  },
  {
    alert: 'SocialChannelReflectorStale',
    name: 'it hears bookmarks every minute',
    series: { 'socialchannel_reflector_last_sync_timestamp_seconds{instance="a",kind="SocialChannel"}': '0+60x60' },
    atMinute: 20,
    fires: [],
  },
  {
    alert: 'SocialChannelQueueBacklog',
    name: 'the first waits for two minutes',
    series: { 'socialchannel_workqueue_oldest_seconds{instance="a",controller="channels"}': '120x60' },
    atMinute: 12,
    fires: [{ instance: 'a', controller: 'channels', severity: 'warning' }],
    says: ['Work waits for 2m 0s at a'],
  },
  {
    alert: 'SocialChannelQueueBacklog',
    name: 'a burst is served within minutes',
    series: { 'socialchannel_workqueue_oldest_seconds{instance="a",controller="channels"}': '120x4 0x60' },
    atMinute: 12,
    fires: [],
  },
  {
    alert: 'SocialChannelAlertsIncomplete',
    name: 'two replicas have more urgent channels than series',
    series: {
      'socialchannel_urgent_channels_without_series{pod="a"}': '9x60',
      'socialchannel_urgent_channels_without_series{pod="b"}': '4x60',
    },
    atMinute: 6,
    fires: [{ severity: 'warning' }],
    says: ['13 channels need somebody', 'kubectl socialchannel status'],
  },
  {
    alert: 'SocialChannelAlertsIncomplete',
    name: 'only healthy channels have no series',
    series: {
      socialchannel_urgent_channels_without_series: '0x60',
      socialchannel_channels_without_series: '4000x60',
    },
    atMinute: 6,
    fires: [],
  },
  {
    alert: 'SocialChannelClockSkew',
    name: 'the replica is a minute ahead of Vault',
    series: { 'socialchannel_clock_skew_seconds{instance="a",against="vault"}': '-60x60' },
    atMinute: 12,
    fires: [{ instance: 'a', against: 'vault', severity: 'warning' }],
    says: ['a and vault differ by 1m 0s'],
  },
  {
    alert: 'SocialChannelClockSkew',
    name: 'two seconds are nothing',
    series: { 'socialchannel_clock_skew_seconds{instance="a",against="vault"}': '2x60' },
    atMinute: 12,
    fires: [],
  },
];
