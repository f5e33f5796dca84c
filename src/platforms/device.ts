import { Failure } from '../core/failure.ts';
import type { DeviceOutcome, DeviceStart, OAuthClient } from '../core/platform-port.ts';
import { Sealed } from '../core/sealed.ts';
import { isSuccess, spendOutcome } from './answers.ts';
import { failureOf, type Reading, sortedBy } from './failures.ts';
import { silent } from './findings.ts';
import { deviceForm } from './form.ts';
import { answered, type Parts, readingOf } from './parts.ts';
import { parseAnswer, type RawAnswer, textAt } from './paths.ts';
import type { GrantRequest, PlatformSpec } from './platform.ts';
import { spend } from './renewal.ts';
import { asked, formatted, scopeParameter, tokenRequest } from './requests.ts';
import { filledTexts, filledURL } from './templates.ts';

type DeviceRules = NonNullable<PlatformSpec['device']>;

interface Asking {
  readonly client: OAuthClient;
  readonly scopes: readonly string[];
  readonly timeoutMs: number;
}

/** RFC 8628 section 3.1. @throws Failure where the platform has no such way, or gives no code */
export async function startDevice(parts: Parts, request: Asking): Promise<DeviceStart> {
  const { device } = parts.platform.spec;
  if (device === undefined) throw noDevice(parts);
  const values = { client: request.client, extras: {} };
  const params = filledTexts(device.params, values);
  const scope = scopeParameter(parts.platform.spec, admitted(device, asked(parts.platform.spec, request.scopes)));
  const proof = { auth: device.startAuth, client: request.client };
  const standard = await deviceForm(filledURL(device.url, values), { ...scope, ...params.texts }, proof);
  const format = { method: 'POST', bodyFormat: 'Form', paramNames: device.paramNames ?? {}, headers: {} } as const;
  const outgoing = formatted(standard, format, params.secrets);
  const raw = await answered(parts, request, outgoing, 'Code');
  return deviceStart(raw, readingOf(parts, undefined, outgoing), device);
}

function admitted({ scopes: fewer }: DeviceRules, scopes: readonly string[]): readonly string[] {
  return fewer === undefined ? scopes : scopes.filter((scope) => fewer.includes(scope));
}

function deviceStart(raw: RawAnswer, reading: Reading, { verificationURI }: DeviceRules): DeviceStart {
  const answer = parseAnswer(raw);
  const [code, userCode] = [textAt(answer, ['device_code']), textAt(answer, ['user_code'])];
  const address = textAt(answer, verificationURI);
  if (!isSuccess(answer) || code === undefined || userCode === undefined || address === undefined) {
    const rule = sortedBy('Code', answer, reading);
    if (rule !== undefined) throw failureOf(rule, 'Code', answer, reading);
    throw silent(reading, answer, 'gave no code');
  }
  const seconds = (path: string, otherwise: number) => Number(textAt(answer, [path]) ?? otherwise) * 1_000;
  return {
    deviceCode: Sealed.of(code),
    userCode,
    verificationURI: address,
    expiresInMs: seconds('expires_in', 1_800),
    // RFC 8628 section 3.2: five seconds where the platform says nothing.
    intervalMs: seconds('interval', 5),
  };
}

/** RFC 8628 section 3.4. Never throws. */
export async function pollDevice(
  parts: Parts,
  request: Asking & { readonly device: DeviceStart },
): Promise<DeviceOutcome> {
  const { spec } = parts.platform;
  const { device: rules } = spec;
  if (rules === undefined) return { kind: 'NotSent', failure: noDevice(parts) };
  let waiting: DeviceOutcome | undefined;
  const outcome = await spend(parts, {
    client: request.client,
    timeoutMs: request.timeoutMs,
    phase: 'Code',
    build: async () => {
      const device_code = request.device.deviceCode.reveal();
      const own = { ...differing(rules), grantType: rules.grantType, ...repeatedScope(rules) };
      const userCode = rules.include?.includes('UserCode') ? { user_code: request.device.userCode } : {};
      const asking = { client: request.client, extras: {}, scopes: admitted(rules, asked(spec, request.scopes)) };
      const form = await tokenRequest(spec, own, rules.grantType, { device_code, ...userCode }, asking);
      return { ...form, secrets: [device_code, ...form.secrets] };
    },
    read: (raw, reading) => {
      waiting = waitingOf(raw, rules, reading);
      return waiting === undefined || waiting.kind === 'Pending' ? spendOutcome(raw, reading, 'Code') : waiting;
    },
  });
  return waiting ?? outcome;
}

/** What the question for the tokens has of its own. */
function differing({ tokenURL, clientAuth }: DeviceRules): Pick<GrantRequest, 'url' | 'clientAuth'> {
  return {
    ...(tokenURL === undefined ? {} : { url: tokenURL }),
    ...(clientAuth === undefined ? {} : { clientAuth }),
  };
}

/** The scopes once more, under the name that the first request had for them. */
function repeatedScope({ include, paramNames }: DeviceRules): Pick<GrantRequest, 'include' | 'paramNames'> {
  if (!include?.includes('Scope')) return {};
  const name = paramNames?.scope;
  return { include: ['Scope'], ...(name === undefined ? {} : { paramNames: { scope: name } }) };
}

/** RFC 8628 section 3.5; undefined where the answer holds tokens, or says something else. */
function waitingOf(raw: RawAnswer, rules: DeviceRules, reading: Reading): DeviceOutcome | undefined {
  const answer = parseAnswer(raw);
  if (isSuccess(answer)) return undefined;
  const word = textAt(answer, rules.word)?.toLowerCase();
  if (word === 'authorization_pending') return { kind: 'Pending', slowDown: false };
  if (word === 'slow_down') return { kind: 'Pending', slowDown: true };
  const isExpired = rules.expiredWords.some((one) => one.toLowerCase() === word);
  if (!isExpired && word !== 'access_denied') return undefined;
  const { displayName } = reading.platform.spec;
  const what = isExpired ? 'The code was used already, is wrong, or is too old' : 'The person did not agree';
  const message = `${what} (${displayName}: "${word}"). Nothing was replaced.`;
  const failure = new Failure('Rejected', 'ConsentRefused', message, { source: 'Platform', status: answer.status });
  return { kind: 'Rejected', failure };
}

function noDevice({ platform }: Parts): Failure {
  const message = `${platform.spec.displayName} has no device authorization`;
  return new Failure('Misconfigured', 'PlatformInvalid', message, { source: 'Operator', isAppFault: true });
}
