import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { EngineEnvironment } from './engine.ts';
import { run, tried } from './shell.ts';
import type { Undoing } from './undo.ts';

const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', userGroups: ['system:serviceaccounts:social-system'] }, { level: 'None' }],
};

export interface KindOptions {
  readonly kind: string;
  readonly folder: string;
  readonly name: string;
  /** Absent: kind's own. */
  readonly image?: string;
  readonly engine: EngineEnvironment;
  readonly undoing: Undoing;
}

export interface KindCluster {
  readonly kubeconfig: string;
  /** This machine's address as nodes and pods see it. */
  readonly hostAddress: string;
  readonly workers: readonly string[];
  /** Where the API server writes who asked for what. */
  readonly auditLog: string;
  /** A command in a node. */
  inNode(node: string, script: string): Promise<string>;
  load(image: string): Promise<void>;
}

/** A control plane and two workers, with the API server's audit log of the operator's namespace. */
export async function startKind(options: KindOptions): Promise<KindCluster> {
  const { kind, folder, name, image, engine, undoing } = options;
  const audit = join(folder, 'audit');
  mkdirSync(audit, { recursive: true });
  chmodSync(audit, 0o755);
  writeFileSync(join(audit, 'policy.yaml'), stringify(auditPolicy));
  writeFileSync(join(folder, 'kind.yaml'), configuration(audit, image !== undefined));
  const kubeconfig = join(folder, 'kubeconfig');
  const env = { ...engine, KUBECONFIG: kubeconfig };
  await tried(kind, ['delete', 'cluster', '--name', name], { env });
  undoing.add('the network of kind', () => tried('docker', ['network', 'rm', 'kind'], { env }));
  undoing.add('the cluster', () => run(kind, ['delete', 'cluster', '--name', name], { env }));
  const flags = ['--name', name, '--config', join(folder, 'kind.yaml'), '--wait', '240s', '--retain'];
  await run(kind, ['create', 'cluster', ...flags, ...(image === undefined ? [] : ['--image', image])], { env });
  const gateway = '{{range .IPAM.Config}}{{.Gateway}} {{end}}';
  const gateways = await run('docker', ['network', 'inspect', 'kind', '-f', gateway], { env });
  const hostAddress = gateways.split(/\s+/).find((address) => address.includes('.'));
  if (hostAddress === undefined) throw new Error(`The network of kind has no IPv4 gateway: ${gateways}`);
  const workers = [`${name}-worker`, `${name}-worker2`];
  return {
    kubeconfig,
    hostAddress,
    workers,
    auditLog: join(audit, 'audit.log'),
    inNode: (node, script) => run('docker', ['exec', node, 'sh', '-c', script], { env }),
    load: async (tag) => {
      await run(kind, ['load', 'docker-image', tag, '--name', name, '--nodes', workers.join(',')], { env });
    },
  };
}

/** A node image of ours has no systemd, and may run on cgroup v1. */
function configuration(audit: string, isOurImage: boolean): string {
  const patches = [
    { kind: 'KubeletConfiguration', ...(isOurImage ? { cgroupDriver: 'cgroupfs', failCgroupV1: false } : {}) },
    {
      kind: 'ClusterConfiguration',
      apiServer: {
        extraArgs: [
          { name: 'audit-policy-file', value: '/audit/policy.yaml' },
          { name: 'audit-log-path', value: '/audit/audit.log' },
        ],
        extraVolumes: [
          { name: 'audit', hostPath: '/audit', mountPath: '/audit', readOnly: false, pathType: 'Directory' },
        ],
      },
    },
  ];
  const controlPlane = { role: 'control-plane', extraMounts: [{ hostPath: audit, containerPath: '/audit' }] };
  return stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    kubeadmConfigPatches: patches.map((patch) => stringify(patch)),
    nodes: [controlPlane, { role: 'worker' }, { role: 'worker' }],
  });
}
