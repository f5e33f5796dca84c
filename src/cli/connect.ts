import { annotations } from '../api/names.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import { parseInstant } from '../core/instant.ts';
import { type ExitCode, exitCodes } from './exit.ts';
import { ownerText } from './people.ts';
import { type DeviceStatus, newRequest } from './requests.ts';
import { annotate, getChannel, type Session, until } from './session.ts';
import { away, type Look, printable, wrapped } from './text.ts';

export interface ConnectOptions {
  readonly wait: boolean;
  readonly timeoutMs: number;
}

/** How long the operator may take to get a code from the platform. */
const CODE_MS = 20_000;
/** How long it may take from the code to a connected channel. */
const FETCH_MS = 20_000;

/**
 * Connects a channel: by a code that the person types at the platform where the platform has that way, else by the page.
 * The operator talks to the platform; only the code for people comes here.
 */
export async function connect(session: Session, name: string, options: ConnectOptions): Promise<ExitCode> {
  const before = await getChannel(session, name);
  const request = newRequest(session.look().now);
  await annotate(session, name, { [annotations.connectDevice]: request });
  session.note(`Asked the operator for a code for ${session.namespace}/${name} …`);
  const look = async () => answered(await getChannel(session, name), before, request);
  const device = await until(session, look, { timeoutMs: Math.min(CODE_MS, options.timeoutMs) });
  if (device?.userCode === undefined || device.verificationURL === undefined) {
    session.print(`${pageText(await getChannel(session, name), device)}\n`);
    return exitCodes.PersonNeeded;
  }
  session.print(`${codeText(before, device, session.look())}\n`);
  return options.wait ? await connected(session, name, before, device, options) : exitCodes.PersonNeeded;
}

/** What the operator answered to this request, and not to an earlier one. */
function answered(channel: SocialChannel, before: SocialChannel, request: string): DeviceStatus | undefined {
  const now = channel.status?.device;
  if (now?.request !== undefined) return now.request === request ? now : undefined;
  const then = before.status?.device;
  return JSON.stringify(now) === JSON.stringify(then) ? undefined : now;
}

/** What the person does with the code. */
export function codeText(
  { status, spec, metadata }: SocialChannel,
  device: DeviceStatus,
  { now, paint }: Look,
): string {
  const endsAt = parseInstant(device.expiryTime);
  const account = status?.account?.handle ?? spec.account?.handle;
  const lines = [
    `Connect ${metadata.namespace}/${metadata.name}:`,
    '',
    `  1. Open  ${printable(device.verificationURL ?? '')}`,
    `  2. Enter ${paint('strong', printable(device.userCode ?? ''))}`,
    `  3. Log in as ${printable(account ?? 'the account of this channel')} and allow what is asked for.`,
    '',
    `${endsAt === undefined ? '' : `The code ends ${away(endsAt, now)}. `}The operator fetches the login itself.`,
  ];
  return lines.join('\n');
}

/** The other way, where there is no code. */
export function pageText(channel: SocialChannel, device: DeviceStatus | undefined): string {
  const { status, metadata } = channel;
  const name = `${metadata.namespace}/${metadata.name}`;
  const latest = channel.status?.device;
  const why =
    // The same failure as of an earlier request is an answer as well.
    device?.message ??
    (latest?.request === undefined ? latest?.message : undefined) ??
    'No code came: this platform has no login by code, or the operator is older than this command and does not know it.';
  const who = ownerText(channel) ?? 'the owner of the account';
  const url = status?.reconnectURL;
  const next =
    url === undefined
      ? `The operator serves no pages either (status.reconnectURL is empty), so tokens have to be brought: kubectl socialchannel import -n ${metadata.namespace} ${metadata.name} --help`
      : `${who} connects ${name} in a browser: ${printable(url)}`;
  return `${wrapped(why, '', '')}\n${next}`;
}

async function connected(
  session: Session,
  name: string,
  before: SocialChannel,
  device: DeviceStatus,
  { timeoutMs }: ConnectOptions,
): Promise<ExitCode> {
  session.note('Waiting for the login; Ctrl-C stops only the waiting.');
  const epoch = before.status?.epoch ?? 0;
  let overAt: number | undefined;
  const look = async () => {
    const channel = await getChannel(session, name);
    if ((channel.status?.epoch ?? 0) > epoch && channel.status?.state !== 'Pending') return { channel };
    const now = channel.status?.device;
    if (now?.userCode === device.userCode) return undefined;
    // The code was entered, or is over: the login is fetched and looked at, which takes a while.
    overAt ??= session.look().now;
    const ended = now?.message ?? 'The operator gave the code up.';
    return session.look().now - overAt < FETCH_MS ? undefined : { channel, ended };
  };
  const limit = parseInstant(device.expiryTime);
  const waitMs = limit === undefined ? timeoutMs : Math.min(timeoutMs, limit - session.look().now + FETCH_MS + 5_000);
  const found = await until(session, look, { timeoutMs: waitMs, everyMs: 2_000 });
  if (found === undefined) {
    session.print('Nobody finished the login in time. Ask for a new code with the same command.\n');
    return exitCodes.TimedOut;
  }
  const { state, account, message } = found.channel.status ?? {};
  const isConnected = state === 'Connected' || state === 'Expiring';
  if (isConnected && (found.channel.status?.epoch ?? 0) > epoch) {
    session.print(`${session.namespace}/${name} is connected as ${account?.handle ?? account?.id}.\n`);
    return exitCodes.Fine;
  }
  session.print(`${wrapped(found.ended ?? message ?? '', '', '')}\n`);
  return exitCodes.PersonNeeded;
}
