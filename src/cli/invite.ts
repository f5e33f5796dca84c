import type { ObjectMeta } from '../api/metadata.ts';
import { CliError, type ExitCode, exitCodes } from './exit.ts';
import { ownerText } from './people.ts';
import { invitationKey, invitationSecretOf, inviteAnnotation, newRequest } from './requests.ts';
import { annotate, getChannel, type Session, until } from './session.ts';

export interface InviteOptions {
  /** Print the link itself. */
  readonly show: boolean;
  readonly timeoutMs: number;
}

/** Asks for a one-time link by which somebody without a sign-in can connect the channel. */
export async function invite(session: Session, name: string, { show, timeoutMs }: InviteOptions): Promise<ExitCode> {
  const channel = await getChannel(session, name);
  const before = await secretVersion(session, name);
  await annotate(session, name, { [inviteAnnotation]: newRequest(session.look().now) });
  const who = ownerText(channel) ?? 'whoever owns the account';
  const secret = invitationSecretOf(name);
  if (before === 'Forbidden') {
    session.note(
      `You may not look at Secrets in namespace ${session.namespace}, so whether the link is there is not known.`,
    );
  } else {
    const look = async () => ((await secretVersion(session, name)) === before ? undefined : true);
    if ((await until(session, look, { timeoutMs })) === undefined) {
      const message = `No invitation for ${session.namespace}/${name} appeared within ${timeoutMs / 1000} s. Either the operator serves no pages, or it is older than this command. kubectl socialchannel doctor looks at it.`;
      throw new CliError('TimedOut', message);
    }
  }
  if (show) session.print(`${await linkOf(session, name)}\n`);
  else session.print(inviteText({ namespace: session.namespace, secret, who }));
  return exitCodes.Fine;
}

export function inviteText({ namespace, secret, who }: { namespace: string; secret: string; who: string }): string {
  return [
    `An invitation lies in Secret ${namespace}/${secret}. Whoever has its link can connect the channel once, so it is not printed here.`,
    'Read it, and send it on a way that only that person sees:',
    '',
    `  kubectl get secret -n ${namespace} ${secret} -o go-template='{{.data.${invitationKey} | base64decode}}'`,
    '',
    `It is meant for ${who}.`,
    '',
  ].join('\n');
}

function pathTo(namespace: string, channel: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(invitationSecretOf(channel))}`;
}

/** By metadata alone: the link does not leave the API server. */
async function secretVersion({ api, namespace }: Session, channel: string): Promise<string | undefined> {
  try {
    const found = await api.find<{ metadata: ObjectMeta }>({
      path: pathTo(namespace, channel),
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      doing: `look for Secret ${namespace}/${invitationSecretOf(channel)}`,
    });
    return found?.metadata.resourceVersion;
  } catch (error) {
    if (error instanceof CliError && error.exit === 'Forbidden') return 'Forbidden';
    throw error;
  }
}

async function linkOf({ api, namespace }: Session, channel: string): Promise<string> {
  const doing = `read Secret ${namespace}/${invitationSecretOf(channel)}`;
  const secret = await api.call<{ data?: Record<string, string> }>({ path: pathTo(namespace, channel), doing });
  const link = secret.data?.[invitationKey];
  if (link === undefined) throw new CliError('NotFound', `Could not ${doing}: it has no key "${invitationKey}".`);
  return Buffer.from(link, 'base64').toString();
}
