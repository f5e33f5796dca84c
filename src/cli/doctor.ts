import { group, labels, plurals, version } from '../api/names.ts';
import type { SocialChannel, SocialPlatform } from '../api/resources.gen.ts';
import { consumerFindings, type Pod } from './doctor-consumers.ts';
import {
  channelFindings,
  clockFinding,
  definitionsFinding,
  egressFindings,
  eventFindings,
  type Finding,
  good,
  type MemberLease,
  notReadyFindings,
  operatorPermissionFindings,
  type ReadyAnswer,
  readyFinding,
  replicaFinding,
  vaultFindings,
  type WarningEvent,
} from './doctor-findings.ts';
import { rightsFindings } from './doctor-rights.ts';
import { CliError, type ExitCode, exitCodes } from './exit.ts';
import { listApps, listChannels, pathOf, placeText, type Session } from './session.ts';
import { counted, type Look, wrapped } from './text.ts';

export interface DoctorOptions {
  /** Where the operator runs; without it, where its Leases are. */
  readonly operatorNamespace: string | undefined;
}

interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** Looks at everything that keeps channels from being renewed or pods from getting the token. It changes nothing. */
export async function doctor(session: Session, options: DoctorOptions): Promise<ExitCode> {
  session.note(`Looking at ${placeText(session)} …`);
  const { clock, serverAt } = await clockSection(session);
  const [channels, operator] = await Promise.all([tried(() => listChannels(session)), findOperator(session, options)]);
  const sections = await Promise.all([
    clock,
    definitionsSection(session),
    rightsFindings(session, operator.namespaces[0] ?? usualNamespace).then((findings) => ({
      title: 'Your permissions',
      findings,
    })),
    operatorSection(session, operator, serverAt),
    section('Vault', channels, vaultFindings),
    section('Platforms', channels, egressFindings),
    appSection(session, channels),
    section('Channels', channels, (all) => channelFindings(all, serverAt)),
    consumerSection(session, channels),
    eventSection(session, serverAt),
  ]);
  session.print(doctorText(sections, session.look()));
  return sections.some(({ findings }) => findings.some(({ level }) => level === 'bad' || level === 'warn'))
    ? exitCodes.PersonNeeded
    : exitCodes.Fine;
}

type Tried<T> = { readonly value: T } | { readonly why: string };

/** What may not be looked at, or is not there, is told and keeps nothing else from being looked at. */
async function tried<T>(look: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { value: await look() };
  } catch (error) {
    if (error instanceof CliError && error.exit !== 'Unreachable') return { why: error.message };
    throw error;
  }
}

function unknownFinding(why: string): Finding {
  return { level: 'unknown', text: why };
}

function section<T>(title: string, found: Tried<T>, judge: (value: T) => Finding[]): Section {
  return { title, findings: 'value' in found ? judge(found.value) : [unknownFinding(found.why)] };
}

async function clockSection(session: Session): Promise<{ clock: Section; serverAt: number }> {
  const sentAt = session.look().now;
  const answer = await session.api.ask({ path: '/version', doing: 'ask for the version' });
  const receivedAt = session.look().now;
  const { server, context } = session.api.options;
  const { gitVersion } = answer.status === 200 ? (JSON.parse(answer.text) as { gitVersion?: string }) : {};
  const findings = [
    good(`context "${context}" reaches ${server}${gitVersion === undefined ? '' : ` (Kubernetes ${gitVersion})`}`),
    clockFinding({ serverAt: answer.dateAt, sentAt, receivedAt }),
  ];
  return { clock: { title: 'API server', findings }, serverAt: answer.dateAt ?? receivedAt };
}

async function definitionsSection({ api }: Session): Promise<Section> {
  const path = `/apis/${group}/${version}`;
  const found = await tried(() =>
    api.find<{ resources: { name: string }[] }>({ path, doing: `look which resources of ${group} there are` }),
  );
  return section('Resources', found, (served) => [
    definitionsFinding(
      (served?.resources ?? []).map(({ name }) => name),
      Object.values(plurals),
    ),
  ]);
}

const operatorLabel = 'app.kubernetes.io/name=social-channel-operator';

/** Of deploy/rbac.yaml. */
const usualNamespace = 'social-system';

interface FoundOperator {
  readonly leases: Tried<MemberLease[]>;
  /** More than one where several operators share the cluster. */
  readonly namespaces: readonly string[];
}

async function findOperator({ api }: Session, { operatorNamespace }: DoctorOptions): Promise<FoundOperator> {
  const query = { labelSelector: `${labels.lease}=Member` };
  const listed = (namespace: string | undefined) => {
    const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
    const path = `/apis/coordination.k8s.io/v1${place}/leases`;
    return tried(() => api.list<MemberLease>({ path, query, doing: "list the operator's Leases" }));
  };
  let leases = await listed(operatorNamespace);
  if ('why' in leases && operatorNamespace === undefined) leases = await listed(usualNamespace);
  const seen = 'value' in leases ? leases.value.flatMap(({ metadata }) => metadata.namespace ?? []) : [];
  const namespaces =
    operatorNamespace !== undefined || seen.length === 0 ? [operatorNamespace ?? usualNamespace] : seen;
  return { leases, namespaces: [...new Set(namespaces)] };
}

async function operatorSection(session: Session, { leases, namespaces }: FoundOperator, now: number): Promise<Section> {
  const pods = await Promise.all(
    namespaces.map(async (namespace) => {
      const answers = await tried(() => readyAnswers(session, namespace));
      const none = `there is no pod with ${operatorLabel} in namespace ${namespace}; elsewhere: --operator-namespace`;
      return section('', answers, (found) => (found.length > 0 ? found.map(readyFinding) : [unknownFinding(none)]))
        .findings;
    }),
  );
  const replicas = section('', leases, (found) => [replicaFinding(found, now)]).findings;
  return { title: 'Operator', findings: [...replicas, ...pods.flat()] };
}

/** Asks each pod of the operator by the API server's proxy, so that no port has to be forwarded. */
async function readyAnswers({ api }: Session, namespace: string): Promise<ReadyAnswer[]> {
  const base = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const pods = await api.list<Pod>({
    path: base,
    query: { labelSelector: operatorLabel },
    doing: `list the operator's pods in namespace ${namespace}`,
  });
  // Neither a pod that has ended, such as that of a test hook, nor one that has no address yet.
  const running = pods.filter(({ status }) => status?.phase === 'Running');
  return await Promise.all(
    running.map(async ({ metadata, spec }) => {
      const ports = spec.containers.flatMap(({ ports: all = [] }) => all);
      const port =
        (ports.find(({ name = '' }) => /^(?:ops|http|health|probes|metrics)$/.test(name)) ?? ports[0])?.containerPort ??
        8080;
      const path = `${base}/${encodeURIComponent(metadata.name)}:${port}/proxy/readyz`;
      const answer = await api.ask({
        path,
        accept: '*/*',
        doing: `ask pod ${namespace}/${metadata.name} whether it is ready`,
      });
      return { pod: `${namespace}/${metadata.name}`, status: answer.status, text: answer.text };
    }),
  );
}

async function appSection(session: Session, channels: Tried<SocialChannel[]>): Promise<Section> {
  const apps = await tried(() => listApps(session));
  const platforms = await tried(() =>
    session.api.list<SocialPlatform>({ path: pathOf('SocialPlatform', undefined), doing: 'list the SocialPlatforms' }),
  );
  return {
    title: 'Apps',
    findings: [
      ...section('', apps, (found) => notReadyFindings('SocialApp', found)).findings,
      ...section('', platforms, (found) => (found.length === 0 ? [] : notReadyFindings('SocialPlatform', found)))
        .findings,
      ...('value' in channels ? operatorPermissionFindings(channels.value) : []),
    ],
  };
}

async function consumerSection(session: Session, channels: Tried<SocialChannel[]>): Promise<Section> {
  const place = session.isEverywhere ? '' : `/namespaces/${encodeURIComponent(session.namespace)}`;
  const pods = await tried(() =>
    session.api.list<Pod>({ path: `/api/v1${place}/pods`, doing: `list the pods of ${placeText(session)}` }),
  );
  if ('why' in channels) return { title: 'Pods', findings: [unknownFinding(channels.why)] };
  return section('Pods', pods, (found) => {
    const faults = consumerFindings(found, channels.value);
    return faults.length > 0
      ? faults
      : [good(`${counted(found.length, 'pod')}, none holds a token that it would never see renewed`)];
  });
}

async function eventSection(session: Session, now: number): Promise<Section> {
  const place = session.isEverywhere ? '' : `/namespaces/${encodeURIComponent(session.namespace)}`;
  const query = { fieldSelector: 'type=Warning,reportingComponent=social-channel-operator' };
  const found = await tried(() =>
    session.api.list<WarningEvent>({
      path: `/api/v1${place}/events`,
      query,
      doing: `list the Events of ${placeText(session)}`,
    }),
  );
  return section('Events', found, (events) => eventFindings(events, now));
}

const signs = { good: 'ok', warn: 'warn', bad: 'FAULT', unknown: '?' } as const;
const marks = { good: 'good', warn: 'warn', bad: 'bad', unknown: 'dim' } as const;

export function doctorText(sections: readonly Section[], { paint }: Look): string {
  const blocks = sections.map(({ title, findings }) => {
    const lines = findings.map(({ level, text, next }) => {
      const sign = signs[level];
      const head = `  ${paint(marks[level], sign)}${' '.repeat(7 - sign.length)}`;
      const indent = ' '.repeat(9);
      return wrapped(text, head, indent) + (next ? `\n${wrapped(next, indent, indent)}` : '');
    });
    return `${paint('strong', title)}\n${lines.join('\n')}`;
  });
  const all = sections.flatMap(({ findings }) => findings);
  const count = (level: Finding['level']) => all.filter((finding) => finding.level === level).length;
  const sum = `${counted(count('bad'), 'fault')}, ${counted(count('warn'), 'warning')}, ${count('unknown')} not looked at, ${count('good')} in order.`;
  return `${blocks.join('\n\n')}\n\n${sum}\n`;
}
