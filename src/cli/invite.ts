import type { ObjectMeta } from '../api/metadata.ts';
import { annotations, invitationSecretName } from '../api/names.ts';
import { parseInstant } from '../core/instant.ts';
import { CliError, type ExitCode, exitCodes } from './exit.ts';
import { ownerText } from './people.ts';
import { type InvitationStatus, invitationKey, newRequest } from './requests.ts';
import { annotate, getChannel, type Session, until } from './session.ts';
import { moment } from './text.ts';

export interface InviteOptions {
  /** Print the link itself. */
  readonly show: boolean;
  readonly timeoutMs: number;
}

/** Asks for a one-time link by which somebody without a sign-in can connect the channel. */
export async function invite(session: Session, name: string, { show, timeoutMs }: InviteOptions): Promise<ExitCode> {
  const channel = await getChannel(session, name);
  const before = await secretVersion(session, name);
  const request = newRequest(session.look().now);
  await annotate(session, name, { [annotations.invite]: request });
  const who = ownerText(channel) ?? 'whoever owns the account';
  const secret = invitationSecretName(name);
  // By the operator's word, or by the Secret alone, should it be another that makes it.
  const look = async () => {
    const { invitation } = (await getChannel(session, name)).status ?? {};
    if (invitation?.request === request) return invitation;
    const isForbidden = before === 'Forbidden';
    return !isForbidden && (await secretVersion(session, name)) !== before ? {} : undefined;
  };
  const made: InvitationStatus | undefined = await until(session, look, { timeoutMs });
  if (made === undefined) {
    const message = `No invitation for ${session.namespace}/${name} appeared within ${timeoutMs / 1000} s. Either the operator serves no pages, or it is older than this command. kubectl socialchannel doctor looks at it.`;
    throw new CliError('TimedOut', message);
  }
  const endsAt = parseInstant(made.expiryTime);
  const ends = endsAt === undefined ? undefined : moment(endsAt, session.look());
  if (show) session.print(`${await linkOf(session, name)}\n`);
  else session.print(inviteText({ namespace: session.namespace, secret, who, ends }));
  return exitCodes.Fine;
}

interface Made {
  readonly namespace: string;
  readonly secret: string;
  readonly who: string;
  readonly ends: string | undefined;
}

function inviteText({ namespace, secret, who, ends }: Made): string {
  return [
    `An invitation lies in Secret ${namespace}/${secret}. Whoever has its link can connect the channel once, so it is not printed here.`,
    'Read it, and send it on a way that only that person sees:',
    '',
    `  kubectl get secret -n ${namespace} ${secret} -o go-template='{{.data.${invitationKey} | base64decode}}'`,
    '',
    `It is meant for ${who}${ends === undefined ? '' : `, and ends at ${ends}`}.`,
    '',
  ].join('\n');
}

function pathTo(namespace: string, channel: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(invitationSecretName(channel))}`;
}

/** By metadata alone: the link does not leave the API server. */
async function secretVersion({ api, namespace }: Session, channel: string): Promise<string | undefined> {
  try {
    const found = await api.find<{ metadata: ObjectMeta }>({
      path: pathTo(namespace, channel),
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      doing: `look for Secret ${namespace}/${invitationSecretName(channel)}`,
    });
    return found?.metadata.resourceVersion;
  } catch (error) {
    if (error instanceof CliError && error.exit === 'Forbidden') return 'Forbidden';
    throw error;
  }
}

async function linkOf({ api, namespace }: Session, channel: string): Promise<string> {
  const doing = `read Secret ${namespace}/${invitationSecretName(channel)}`;
  const secret = await api.call<{ data?: Record<string, string> }>({ path: pathTo(namespace, channel), doing });
  const link = secret.data?.[invitationKey];
  if (link === undefined) throw new CliError('NotFound', `Could not ${doing}: it has no key ${invitationKey}.`);
  return Buffer.from(link, 'base64').toString();
}
