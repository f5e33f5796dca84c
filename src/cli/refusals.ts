import { CliError } from './exit.ts';

interface Asked {
  readonly doing: string;
  readonly path: string;
}

/** The `Status` object that the API server answers with where it does not do what was asked. */
interface StatusBody {
  readonly message?: string;
  readonly details?: { readonly name?: string; readonly causes?: readonly { message?: string; field?: string }[] };
}

/** What an answer outside 2xx means to the person who asked. */
export function refusal({ status, text }: { status: number; text: string }, asked: Asked): CliError {
  const could = `Could not ${asked.doing}`;
  const { message = '', details } = parsed(text);
  switch (status) {
    case 401:
      return new CliError(
        'Forbidden',
        `${could}: the API server does not accept your login (401). Log in again as you do for kubectl.`,
        status,
      );
    case 403:
      return new CliError('Forbidden', `${could}: ${permission(message)}`, status);
    case 404:
      return details?.name === undefined && asked.path.includes('/socialops.dev/')
        ? new CliError(
            'NotFound',
            `${could}: this cluster has no SocialChannels. Apply the resources of crds/, or choose another context (--context).`,
            status,
          )
        : new CliError('NotFound', `${could}: it does not exist.`, status);
    case 409:
      return new CliError(
        'Refused',
        `${could}: it exists already, or somebody else changed it meanwhile (409).`,
        status,
      );
    case 422:
      return new CliError('Refused', `${could}: ${causes(details?.causes) || message || 'it is not valid'}`, status);
    default:
      return new CliError(
        status >= 500 ? 'Unreachable' : 'Refused',
        `${could}: the API server answers ${status}${message === '' ? '' : `: ${message}`}`,
        status,
      );
  }
}

const FORBIDDEN =
  /User "(?<user>[^"]+)" cannot (?<verb>\S+) resource "(?<resource>[^"]+)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]+)"| (?<cluster>at the cluster scope))?/;

/** Names the missing permission, and the command by which an administrator gives it. */
function permission(message: string): string {
  const found = FORBIDDEN.exec(message)?.groups;
  if (found === undefined) return `you may not (403)${message === '' ? '' : `: ${message}`}`;
  const { user = '', verb = '', resource = '', group = '', namespace } = found;
  // Newer API servers say `impersonate-on:user-info:list` of the object, older ones `impersonate` of users.
  if (verb.startsWith('impersonate'))
    return `you are "${user}", who may not act as another user. Leave out --as, or ask a cluster administrator for that permission.`;
  const what = group === '' ? resource : `${resource}.${group}`;
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
  const missing = `you are "${user}", who may not ${verb} ${what} ${where}`;
  const kind = namespace === undefined ? 'clusterrole' : 'role';
  const scope = namespace === undefined ? '' : ` -n ${namespace}`;
  const next = `kubectl create ${kind} NAME --verb=${verb} --resource=${what}${scope}, and a ${kind}binding for you`;
  const narrower = namespace === undefined ? ' Or ask for one namespace with -n.' : '';
  return `${missing}. An administrator gives it: ${next}.${narrower}`;
}

function causes(found: NonNullable<StatusBody['details']>['causes'] = []): string {
  return found.map(({ field, message }) => [field, message].filter(Boolean).join(': ')).join('; ');
}

function parsed(text: string): StatusBody {
  try {
    return (JSON.parse(text) ?? {}) as StatusBody;
  } catch {
    return {};
  }
}

interface Place extends Asked {
  readonly server: string;
  readonly context: string;
  readonly timeoutMs: number;
}

/** No answer came: the network, TLS, a deadline, or the credentials could not even be made. */
export function trouble(error: unknown, { doing, server, context, timeoutMs }: Place): CliError {
  const could = `Could not ${doing}`;
  const at = `the API server ${server} (context "${context}")`;
  if (error instanceof Error && error.name === 'TimeoutError') {
    const message = `${could}: ${at} gave no answer within ${timeoutMs / 1000} s (--request-timeout).`;
    return new CliError('Unreachable', message);
  }
  const code = codeOf(error);
  if (code !== undefined && /CERT|TLS|SSL|SIGNATURE/.test(code)) {
    const message = `${could}: the certificate of ${at} is not trusted (${code}). Check certificate-authority in the kubeconfig.`;
    return new CliError('Unreachable', message);
  }
  if (code !== undefined) {
    const message = `${could}: ${at} cannot be reached (${code}). Check the network and the context; kubectl cluster-info asks the same server.`;
    return new CliError('Unreachable', message);
  }
  const kind = error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : typeof error;
  return new CliError('Refused', `${could}: something unforeseen happened (${kind}). Please report it.`);
}

/** The credentials of the kubeconfig could not be made: a file, or a plug-in that logs in. */
export function noLogin(error: unknown, { server, context }: Pick<Place, 'server' | 'context'>): CliError {
  const said = error instanceof Error ? error.message.split('\n')[0] : String(error);
  const message = `Could not log in to ${server} (context "${context}"): ${said}. Log in as you do for kubectl, or mend the user of that context in the kubeconfig.`;
  return new CliError('Forbidden', message);
}

/** The first code in a chain of causes, as Node, OpenSSL and undici name faults of a connection. */
function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) && !/^ERR_(?!TLS|SSL)/.test(code)) return code;
  }
  return undefined;
}
