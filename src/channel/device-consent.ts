import type { PendingConsent } from '../core/consent-records.ts';
import { openDevice } from '../core/consent-rules.ts';
import { Failure } from '../core/failure.ts';
import { begunOf, putPending, refuseUnconnectable } from './begin-consent.ts';
import { type ActContext, appNameOf, readyApp } from './context.ts';
import { concludeExchange } from './finish-consent.ts';
import { refOf } from './observe.ts';
import { COMMIT_BUDGET_MS } from './rescue.ts';
import { changePending } from './stage-consent.ts';

/** RFC 8628 section 3.5: slow_down adds five seconds to the interval, for good. */
const SLOWER_MS = 5_000;

/**
 * Gets a code for a person with a browser anywhere; status shows it.
 * @throws Failure where the channel cannot be connected this way
 */
export async function startDevice(context: ActContext, request: string): Promise<void> {
  const { world, o, memory } = context;
  refuseUnconnectable(o);
  const { client, platform } = readyApp(o);
  const begun = begunOf(world, o, { kind: 'Device', id: request, name: '' });
  const { httpTimeoutMs: timeoutMs } = world.settings;
  const { deviceCode, userCode, verificationURI, expiresInMs, intervalMs } = await platform.startDevice({
    client,
    scopes: begun.scopes,
    timeoutMs,
  });
  const device = { request, code: deviceCode, userCode, verificationURI, intervalMs };
  await putPending(world, refOf(o.channel), { ...begun, expiresAt: world.clock.now() + expiresInMs, device });
  world.meter.consent(platform.profile.name, 'Begun');
  memory.devicePollAt = world.clock.now() + intervalMs;
}

/**
 * Asks once whether the person has agreed. The answer that holds the tokens is stored as that of a code.
 * @throws Failure when the platform could not be asked
 */
export async function pollDevice(context: ActContext): Promise<void> {
  const { world, o, memory } = context;
  const consent = openDevice(o);
  const device = consent?.device;
  if (consent === undefined || device === undefined) return;
  passGate(context);
  const { client, platform } = readyApp(o);
  const startedAt = world.clock.monotonic();
  const outcome = await platform.pollDevice({
    client,
    scopes: consent.scopes,
    device: {
      deviceCode: device.code,
      userCode: device.userCode,
      verificationURI: device.verificationURI,
      expiresInMs: Math.max(consent.expiresAt - world.clock.now(), 0),
      intervalMs: device.intervalMs,
    },
    timeoutMs: world.settings.httpTimeoutMs,
  });
  const intervalMs = device.intervalMs + (outcome.kind === 'Pending' && outcome.slowDown ? SLOWER_MS : 0);
  memory.devicePollAt = world.clock.now() + intervalMs;
  if (outcome.kind === 'Pending') {
    if (outcome.slowDown) await changeDevice(context, consent, { device: { ...device, intervalMs } });
    return;
  }
  const family = outcome.kind === 'Answered' ? 'None' : outcome.failure.family;
  world.meter.exchanged(platform.profile.name, appNameOf(o), family, world.clock.monotonic() - startedAt);
  // Nobody saw an answer, or the code was not looked at: it is asked about again.
  if (outcome.kind !== 'Answered' && outcome.kind !== 'Rejected') throw outcome.failure;
  await concludeExchange(world, refOf(o.channel), consent, outcome);
}

/** Each question may be the one that is answered with tokens: it is asked where the answer could be stored. */
function passGate({ world, owns }: ActContext): void {
  const neededMs = world.settings.httpTimeoutMs + COMMIT_BUDGET_MS;
  if (owns(COMMIT_BUDGET_MS) && world.grants.loginRemainingMs() >= neededMs) return;
  const message = 'this replica may lose the channel, or its login to Vault, before an answer would be stored';
  throw new Failure('Transient', 'VaultUnavailable', message, { source: 'Operator' });
}

async function changeDevice({ world, o }: ActContext, { id }: PendingConsent, to: Partial<PendingConsent>) {
  await changePending(world, refOf(o.channel), (now) =>
    now.consent?.id === id && now.consent.consumedAt === undefined
      ? { ...now, consent: { ...now.consent, ...to } }
      : undefined,
  );
}
