import { describe, expect, it } from 'vitest';
import { sampleChannel } from '../../scripts/cli-samples.ts';
import { doctorText } from '../../src/cli/doctor.ts';
import { consumerFindings, type Pod } from '../../src/cli/doctor-consumers.ts';
import {
  channelFindings,
  clockFinding,
  definitionsFinding,
  egressFindings,
  eventFindings,
  operatorPermissionFindings,
  readyFinding,
  replicaFinding,
  vaultFindings,
} from '../../src/cli/doctor-findings.ts';
import { ago, look, minute, nowAt } from './look.ts';

const well = sampleChannel('live', { ready: 'True' }, { state: 'Connected', reason: 'Healthy', platform: 'video' });
const reporting = (reason: string, message: string) =>
  sampleChannel('held', { ready: 'True' }, { state: 'Connected', reason: reason as never, message, platform: 'video' });

describe('the clocks', () => {
  it.each([
    ['agree', 0, 40, 'good'],
    // The header has whole seconds only.
    ['agree as far as a header can tell', -900, 40, 'good'],
    ['agree as far as a slow answer can tell', 4_000, 4_000, 'good'],
    ['are off', 20_000, 40, 'warn'],
    ['are far off', -300_000, 40, 'bad'],
  ])('%s', (_, offset, tookMs, level) => {
    const serverAt = Math.floor((nowAt + offset) / 1000) * 1000;
    expect(clockFinding({ serverAt, sentAt: nowAt - tookMs, receivedAt: nowAt }).level).toBe(level);
  });

  it('says which one goes slow', () => {
    const finding = (offset: number) => clockFinding({ serverAt: nowAt + offset, sentAt: nowAt, receivedAt: nowAt });
    expect(finding(120_000).text).toBe("this machine's clock is 2m behind the API server's");
    expect(finding(-120_000).text).toContain('1m ahead of');
    expect(clockFinding({ serverAt: undefined, sentAt: 0, receivedAt: 0 }).level).toBe('unknown');
  });
});

describe('what the operator reports', () => {
  it.each([
    ['nothing of Vault', [well], 'good', /no channel reports trouble/],
    ['no channel yet', [], 'unknown', /no channel says anything/],
    [
      'a policy of Vault',
      [well, reporting('VaultDenied', 'Vault refuses path x.')],
      'bad',
      /^VaultDenied: 1 channel of 2$/,
    ],
  ])('%s', (_, channels, level, text) => {
    expect(vaultFindings(channels)).toEqual([expect.objectContaining({ level, text: expect.stringMatching(text) })]);
  });

  it('of Vault, of the way out, and of its own permissions, in its own words', () => {
    expect(vaultFindings([reporting('VaultUnavailable', 'Vault is sealed.')])[0]?.next).toBe('Vault is sealed.');
    expect(egressFindings([well, reporting('PlatformUnavailable', '503.')])).toEqual([
      { level: 'warn', text: 'PlatformUnavailable: 1 channel on video', next: '503.' },
    ]);
    expect(operatorPermissionFindings([reporting('PermissionDenied', 'It may not get secrets.')])).toEqual([
      { level: 'bad', text: "the operator's ServiceAccount lacks a permission", next: 'It may not get secrets.' },
    ]);
    expect(operatorPermissionFindings([well])).toEqual([]);
  });

  it('nothing at all about a channel that is a minute old, because nobody looks at it', () => {
    const { status: _, ...unseen } = well;
    const created = (at: string) => ({ ...unseen, metadata: { ...unseen.metadata, creationTimestamp: at } });
    expect(channelFindings([created(ago(30_000))], nowAt)[0]?.level).toBe('good');
    expect(channelFindings([created(ago(2 * minute))], nowAt)[0]).toMatchObject({
      level: 'bad',
      text: 'the operator has never looked at 1 channel: main-stage/live',
    });
  });

  it('by its Leases, whether it is alive', () => {
    const lease = (renewedAgo: number, holderIdentity = 'pod/1') => ({
      metadata: { name: 'm', namespace: 'social-system' },
      spec: { holderIdentity, leaseDurationSeconds: 15, renewTime: ago(renewedAgo) },
    });
    expect(replicaFinding([lease(3_000), lease(4_000), lease(60_000)], nowAt).text).toBe(
      '2 replicas of the operator alive in namespace social-system',
    );
    expect(replicaFinding([lease(60_000), lease(1_000, '')], nowAt).level).toBe('bad');
    expect(replicaFinding([], nowAt).level).toBe('bad');
  });

  it.each([
    [200, 'ok\n', 'good', undefined],
    [503, 'Vault: not logged in yet.\n', 'bad', 'Vault: not logged in yet.'],
    [503, '{"kind":"Status","message":"no endpoints"}', 'unknown', undefined],
    [403, '{"kind":"Status"}', 'unknown', undefined],
  ])('by its readiness: %i %s', (status, text, level, next) => {
    const finding = readyFinding({ pod: 'a/b', status, text });
    expect({ level: finding.level, next: finding.next }).toEqual({ level, next });
  });

  it('by Events of the last hour, the newest of each kind', () => {
    const event = (agoMs: number, reason: string) => ({
      metadata: {},
      involvedObject: { kind: 'SocialChannel', namespace: 'main-stage', name: 'live' },
      eventTime: ago(agoMs),
      reason,
      message: `${reason} happened.`,
    });
    const events = [
      event(50 * minute, 'Rejected'),
      event(5 * minute, 'Rejected'),
      event(61 * minute, 'Old'),
      event(minute, 'Conflict'),
    ];
    expect(eventFindings(events, nowAt).map(({ text }) => text)).toEqual([
      'SocialChannel main-stage/live: Conflict, 1m ago',
      'SocialChannel main-stage/live: Rejected, 5m ago',
    ]);
    expect(eventFindings([], nowAt)[0]?.level).toBe('good');
  });
});

describe('the resources', () => {
  it('are named where they are missing', () => {
    expect(definitionsFinding(['a', 'b', 'b/status'], ['a', 'b']).level).toBe('good');
    expect(definitionsFinding(['a'], ['a', 'b']).text).toBe('the cluster does not serve b');
  });
});

describe('pods that never see a new token', () => {
  type Container = Pod['spec']['containers'][number];
  const pod = (container: Partial<Container>, more: Partial<Pod['spec']> = {}, phase = 'Running'): Pod => ({
    metadata: { name: 'encoder-0', namespace: 'main-stage' },
    spec: { containers: [{ name: 'encoder', ...container }], ...more },
    status: { phase },
  });
  const secret = (secretName: string) => ({ volumes: [{ name: 'token', secret: { secretName } }] });
  const cut: Partial<Container> = { volumeMounts: [{ name: 'token', subPath: 'access_token' }] };
  const whole: Partial<Container> = { volumeMounts: [{ name: 'token' }] };
  const variable = { env: [{ name: 'T', valueFrom: { secretKeyRef: { name: 'live-token' } } }] };

  it.each<[string, Pod, number]>([
    ['a folder', pod(whole, secret('live-token')), 0],
    ['subPath', pod(cut, secret('live-token')), 1],
    ['subPathExpr', pod({ volumeMounts: [{ name: 'token', subPathExpr: '$(POD)' }] }, secret('live-token')), 1],
    ['subPath of another Secret', pod(cut, secret('other')), 0],
    ['subPath of another volume', pod({ volumeMounts: [{ name: 'other', subPath: 'x' }] }, secret('live-token')), 0],
    [
      'subPath of a projected volume',
      pod(cut, { volumes: [{ name: 'token', projected: { sources: [{ secret: { name: 'live-token' } }] } }] }),
      1,
    ],
    ['a variable', pod(variable), 1],
    ['all of it as variables', pod({ envFrom: [{ secretRef: { name: 'live-token' } }] }), 1],
    ['a container that ends before the pod begins', pod({}, { initContainers: [{ name: 'once', ...variable }] }), 0],
    ['a sidecar', pod({}, { initContainers: [{ name: 'side', restartPolicy: 'Always', ...variable }] }), 1],
    ['a pod that has ended', pod(variable, {}, 'Succeeded'), 0],
    ['the same names in another namespace', { ...pod(variable), metadata: { name: 'a', namespace: 'elsewhere' } }, 0],
  ])('%s', (_, one, count) => {
    expect(consumerFindings([one], [well])).toHaveLength(count);
  });

  it('are told in a sentence', () => {
    expect(consumerFindings([pod(cut, secret('live-token'))], [well])[0]).toEqual({
      level: 'bad',
      text: 'pod main-stage/encoder-0 mounts the token with subPath: it will never see a new one',
      next: 'Container encoder, token of SocialChannel live. Mount the Secret as a folder, without subPath.',
    });
  });
});

it('doctor counts what it found', () => {
  const sections = [
    {
      title: 'One',
      findings: [
        { level: 'bad' as const, text: 'broken', next: 'Mend it.' },
        { level: 'unknown' as const, text: 'dark' },
      ],
    },
  ];
  expect(doctorText(sections, look())).toBe(
    'One\n  FAULT  broken\n         Mend it.\n  ?      dark\n\n1 fault, 0 warnings, 1 not looked at, 0 in order.\n',
  );
});
