import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { chart } from '../test/chart/helm.ts';
import { ApiClient, ApiError, documents } from '../test/harness/api-client.ts';
import { type Audited, outsideOf, type Rule, requestNames, unusedBy } from './audit.ts';
import { consumer } from './delivery.ts';
import { values } from './install.ts';
import { paths } from './names.ts';
import type { Step } from './steps.ts';
import type { World } from './world.ts';

const account = `system:serviceaccount:${paths.operator}:social-channel-operator`;

/** What this run need not have an occasion for, and why. */
const withoutOccasion: Readonly<Record<string, string>> = {
  'update socialchannels/finalizers.socialops.dev': 'asked by admission while a Secret is written, never by a request',
  [`delete secrets in ${paths.operator}`]: 'Vault took every answer of the platform, so that none was kept here',
};

/** What the operator's pods asked; a token that somebody else was given names no pod. */
function audited(file: string): Audited[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines
    .map((line) => JSON.parse(line) as Audited)
    .filter(
      ({ user }) => user.username === account && user.extra?.['authentication.kubernetes.io/pod-name'] !== undefined,
    );
}

async function rules(world: World): Promise<Rule[]> {
  const flags = ['template', paths.release, chart, '-n', paths.operator, '-f', '-'];
  const rendered = documents(await world.helm(flags, { input: stringify(values(world)) }));
  const roles = rendered.filter(
    ({ kind, metadata }) => /^(Cluster)?Role$/.test(kind) && !/-(view|edit)$/.test(metadata.name),
  );
  return roles.flatMap(({ metadata, rules: some }) =>
    (some as Rule[]).map((rule) =>
      metadata.namespace === undefined ? rule : { ...rule, namespace: metadata.namespace },
    ),
  );
}

/** Each verb of each rule was asked for, and nothing that no rule has. */
async function everyRuleIsUsed(world: World): Promise<string> {
  const { kind } = world;
  if (kind === undefined) throw new Error('There is no audit log.');
  const requests = audited(kind.auditLog);
  const allowed = await rules(world);
  const outside = outsideOf(requests, allowed);
  if (outside.length > 0) throw new Error(`Asked outside of the roles: ${outside.join(', ')}`);
  const unused = unusedBy(requests, allowed);
  const unexpected = unused.filter((name) => withoutOccasion[name] === undefined);
  if (unexpected.length > 0) throw new Error(`Never used: ${unexpected.join(', ')}`);
  const all = unusedBy([], allowed);
  const stale = Object.keys(withoutOccasion).filter((name) => !all.includes(name));
  if (stale.length > 0) throw new Error(`In no role: ${stale.join(', ')}`);
  return `${requests.length} requests, all within the roles: ${requestNames(requests).join(', ')}`;
}

const stage = `/api/v1/namespaces/${paths.stage}`;
const own = `/api/v1/namespaces/${paths.operator}`;
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const social = '/apis/socialops.dev/v1alpha1';

/** What a stolen operator token must not be good for. Reading Secrets of channels' namespaces is its work, and is not here. */
const outside: readonly (readonly [method: string, path: string])[] = [
  ['PUT', `${stage}/secrets/youtube-app`],
  ['DELETE', `${stage}/secrets`],
  ['PUT', '/api/v1/namespaces/kube-system/secrets/any'],
  ['DELETE', '/api/v1/namespaces/kube-system/secrets'],
  ['GET', '/api/v1/namespaces'],
  ['DELETE', `/api/v1/namespaces/${paths.stage}`],
  ['PATCH', `/api/v1/namespaces/${paths.stage}`],
  ['GET', '/api/v1/nodes'],
  ['GET', '/api/v1/pods'],
  ['POST', `${own}/pods`],
  ['GET', `${stage}/pods/${consumer}/log`],
  ['POST', `${stage}/pods/${consumer}/exec`],
  ['GET', `${stage}/configmaps`],
  ['POST', `${own}/serviceaccounts/social-channel-operator/token`],
  ['POST', `${stage}/serviceaccounts/default/token`],
  ['GET', `${stage}/serviceaccounts`],
  ['GET', '/api/v1/persistentvolumes'],
  ['GET', '/apis/apps/v1/deployments'],
  ['PATCH', `/apis/apps/v1/namespaces/${paths.operator}/deployments/social-channel-operator`],
  ['DELETE', `/apis/policy/v1/namespaces/${paths.operator}/poddisruptionbudgets/social-channel-operator`],
  ['GET', `${rbac}/clusterroles`],
  ['POST', `${rbac}/clusterrolebindings`],
  ['PATCH', `${rbac}/clusterroles/social-channel-operator`],
  ['POST', `${social}/namespaces/${paths.stage}/socialchannels`],
  ['DELETE', `${social}/namespaces/${paths.stage}/socialchannels/main-stage-youtube`],
  ['PATCH', `${social}/namespaces/${paths.stage}/socialapps/youtube`],
  ['DELETE', `${social}/namespaces/${paths.stage}/socialapps/youtube`],
  ['POST', `${social}/socialplatforms`],
  ['GET', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases'],
  ['GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'],
];

const contentTypes: Readonly<Record<string, string>> = { PATCH: 'application/merge-patch+json' };

async function outsideIsRefused(world: World): Promise<string> {
  const token = (await world.kubectl(['create', 'token', 'social-channel-operator', '-n', paths.operator])).trim();
  const thief = new ApiClient(world.clusterUrl, { ca: world.clusterCa, token });
  const admitted: string[] = [];
  try {
    for (const [method, path] of outside) {
      const body = ['POST', 'PUT', 'PATCH'].includes(method) ? {} : undefined;
      // dryRun: what were admitted by mistake would not happen.
      const answer = await thief
        .text(method, path, { query: { dryRun: 'All' }, body, contentType: contentTypes[method] ?? 'application/json' })
        .then(
          () => 200,
          (error: unknown) => (error instanceof ApiError ? error.status : 0),
        );
      if (answer !== 403) admitted.push(`${method} ${path}: ${answer}`);
    }
  } finally {
    await thief.close();
  }
  if (admitted.length > 0) throw new Error(`Not refused:\n${admitted.join('\n')}`);
  return `${outside.length} requests outside of the roles, each answered 403`;
}

export const access: readonly Step[] = [{ title: 'Requests outside of the roles are refused', play: outsideIsRefused }];

/** Of the whole run, so it comes last. */
export const audit: readonly Step[] = [
  { title: 'Every verb of every rule of the roles was used, by the audit log', needsHost: true, play: everyRuleIsUsed },
];
