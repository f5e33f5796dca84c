// A flat table: values of the chart, and what comes of them.
import { monitoringApi, release, vaultAddress } from './helm.ts';

export interface Case {
  readonly title: string;
  readonly values: object;
  readonly apis?: readonly string[];
  /** By kind and name: what the object holds at least. */
  readonly has?: Readonly<Record<string, object>>;
  /** Kind and name of what is not there. */
  readonly lacks?: readonly string[];
  /** Arguments of the operator. */
  readonly args?: readonly string[];
}

const deployment = `Deployment/${release}`;
const pod = (spec: object, metadata: object = {}) => ({ [deployment]: { spec: { template: { spec, metadata } } } });
const container = (fields: object) => pod({ containers: [fields] });
const mine = (suffix = '') => `${release}${suffix}`;
const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const monitor = { enabled: true, additionalLabels: { release: 'prometheus' } };

export const cases: readonly Case[] = [
  {
    title: 'nothing but the address of Vault',
    values: {},
    has: {
      [`Deployment/${release}`]: { spec: { replicas: 2 } },
      [`PodDisruptionBudget/${release}`]: { spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' } },
      [`ServiceAccount/${release}`]: { automountServiceAccountToken: false },
      [`NetworkPolicy/${release}`]: { spec: { policyTypes: ['Ingress'] } },
      [`Service/${release}-metrics`]: { spec: { clusterIP: 'None' } },
      [`Pod/${release}-check`]: { metadata: { annotations: { 'helm.sh/hook': 'test' } } },
      'CustomResourceDefinition/socialchannels.socialops.dev': {
        metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } },
      },
    },
    lacks: [
      `ServiceMonitor/${release}`,
      `PodMonitor/${release}`,
      `PrometheusRule/${release}`,
      `Service/${release}-pages`,
    ],
    args: [`--vault-address=${vaultAddress}`, '--vault-mount=social', '--log-level=info', '--ops-address=0.0.0.0:8080'],
  },
  {
    title: 'a pod that Restricted Pod Security admits, with a read-only root',
    values: {},
    has: {
      ...pod({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      }),
    },
  },
  {
    title: 'tokens from projected volumes alone, one with the audience of Vault',
    values: { vault: { auth: { audience: 'vault.example.com', tokenExpirationSeconds: 900 } } },
    has: pod({
      volumes: [
        { name: 'api-access', projected: {} },
        {
          name: 'vault-token',
          projected: {
            sources: [
              { serviceAccountToken: { audience: 'vault.example.com', expirationSeconds: 900, path: 'token' } },
            ],
          },
        },
      ],
    }),
  },
  {
    title: 'probes on the port of health and metrics',
    values: { ops: { port: 9090 }, readinessProbe: { failureThreshold: 9 } },
    has: container({
      ports: [{ name: 'ops', containerPort: 9090 }],
      livenessProbe: { httpGet: { path: '/healthz', port: 'ops' } },
      startupProbe: { httpGet: { path: '/healthz', port: 'ops' }, failureThreshold: 60 },
      readinessProbe: { httpGet: { path: '/readyz', port: 'ops' }, failureThreshold: 9, periodSeconds: 5 },
    }),
    args: ['--ops-address=0.0.0.0:9090'],
  },
  { title: 'IPv6 alone', values: { ops: { host: '[::]' } }, args: ['--ops-address=[::]:8080'] },
  {
    title: 'three replicas spread over nodes and zones',
    values: { replicaCount: 3 },
    has: {
      [deployment]: {
        spec: {
          replicas: 3,
          template: {
            spec: {
              topologySpreadConstraints: [
                {
                  topologyKey: 'kubernetes.io/hostname',
                  labelSelector: { matchLabels: { 'app.kubernetes.io/instance': release } },
                  matchLabelKeys: ['pod-template-hash'],
                },
                { topologyKey: 'topology.kubernetes.io/zone' },
              ],
            },
          },
        },
      },
    },
  },
  {
    title: 'a spread with a selector of its own',
    values: {
      topologySpreadConstraints: [
        {
          maxSkew: 2,
          topologyKey: 'rack',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { a: 'b' } },
        },
      ],
    },
    has: pod({
      topologySpreadConstraints: [
        {
          maxSkew: 2,
          topologyKey: 'rack',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { a: 'b' } },
        },
      ],
    }),
  },
  {
    title: 'one replica that is recreated',
    values: { replicaCount: 1, strategy: { type: 'Recreate', rollingUpdate: null } },
    has: { [deployment]: { spec: { replicas: 1, strategy: { type: 'Recreate' } } } },
  },
  { title: 'no replica, for a restore', values: { replicaCount: 0 }, has: { [deployment]: { spec: { replicas: 0 } } } },
  {
    title: 'a budget in percent',
    values: { podDisruptionBudget: { minAvailable: '50%' } },
    has: { [`PodDisruptionBudget/${release}`]: { spec: { minAvailable: '50%' } } },
  },
  {
    title: 'no budget',
    values: { podDisruptionBudget: { enabled: false } },
    lacks: [`PodDisruptionBudget/${release}`],
  },
  {
    title: 'an image from a registry, by tag',
    values: {
      image: { registry: 'registry.example.com', repository: 'media/operator', tag: 'v7', pullPolicy: 'Always' },
    },
    has: container({ image: 'registry.example.com/media/operator:v7', imagePullPolicy: 'Always' }),
  },
  {
    title: 'an image by digest, which wins over the tag',
    values: {
      image: { tag: 'v7', digest: `sha256:${'0a'.repeat(32)}` },
      global: { imageRegistry: 'registry.example.com' },
    },
    has: container({ image: `registry.example.com/social-channel-operator@sha256:${'0a'.repeat(32)}` }),
  },
  {
    title: 'pull Secrets of the parent chart and its own',
    values: { global: { imagePullSecrets: [{ name: 'all' }], other: 'chart' }, imagePullSecrets: [{ name: 'pull' }] },
    has: pod({ imagePullSecrets: [{ name: 'all' }, { name: 'pull' }] }),
  },
  {
    title: 'other names',
    values: { fullnameOverride: 'social', nameOverride: 'sco' },
    has: {
      'Deployment/social': { metadata: { labels: { 'app.kubernetes.io/name': 'sco' } } },
      'ClusterRole/social-cluster': {},
      'Role/social-escrow': {},
      'Pod/social-check': {},
    },
    lacks: [deployment],
  },
  {
    title: 'labels for all objects',
    values: { commonLabels: { team: 'live' } },
    has: Object.fromEntries(
      [deployment, `ClusterRole/${release}`, `ServiceAccount/${release}`, `Pod/${release}-check`].map((name) => [
        name,
        { metadata: { labels: { team: 'live' } } },
      ]),
    ),
  },
  {
    title: 'another namespace than that of the release',
    values: { namespaceOverride: 'second-stage' },
    has: {
      [deployment]: { metadata: { namespace: 'second-stage' } },
      [`Role/${release}-replicas`]: { metadata: { namespace: 'second-stage' } },
      [`ClusterRoleBinding/${release}`]: { subjects: [{ namespace: 'second-stage' }] },
    },
  },
  {
    title: 'CRDs that an uninstall takes along',
    values: { crds: { keep: false, annotations: { note: 'x' } } },
    has: { 'CustomResourceDefinition/socialapps.socialops.dev': { metadata: { annotations: { note: 'x' } } } },
  },
  {
    title: 'no CRDs',
    values: { crds: { enabled: false } },
    lacks: ['socialapps', 'socialchannels', 'socialplatforms'].map(
      (name) => `CustomResourceDefinition/${name}.socialops.dev`,
    ),
  },
  {
    title: 'a list of namespaces, with a Role in each and no cluster-wide right to Secrets',
    values: { watchNamespaces: ['main-stage', 'second-stage'] },
    has: {
      [`Role/${release}`]: { metadata: { namespace: 'main-stage' } },
      [`RoleBinding/${release}`]: {
        metadata: { namespace: 'main-stage' },
        roleRef: { kind: 'Role' },
        subjects: [{ namespace: 'social-system' }],
      },
      [`ClusterRole/${release}-cluster`]: {},
    },
    lacks: [`ClusterRole/${release}`, `ClusterRoleBinding/${release}`],
    args: ['--watch-namespaces=main-stage,second-stage'],
  },
  {
    title: 'an identity of the cluster, so that kube-system need not be read',
    values: { clusterId: '6f1c0c5e-4b1f-4f0e-9a53-0d8c2f0f7a11', watchNamespaces: ['main-stage'] },
    has: {
      [`ClusterRole/${release}-cluster`]: {
        rules: [
          { resources: ['socialplatforms'] },
          { resources: ['socialplatforms/status'] },
          { resources: ['socialchannels'] },
          { resources: ['namespaces'], verbs: ['get'] },
        ],
      },
    },
    args: ['--cluster-id=6f1c0c5e-4b1f-4f0e-9a53-0d8c2f0f7a11'],
  },
  {
    title: 'RBAC that somebody else makes',
    values: { rbac: { create: false } },
    lacks: [`ClusterRole/${release}`, `Role/${release}-escrow`, `ClusterRole/${release}-view`],
  },
  {
    title: 'no right to restart anything',
    values: {},
    lacks: [`ClusterRole/${release}-rollout`, `ClusterRoleBinding/${release}-rollout`],
  },
  {
    title: 'the right to restart workloads, where it is asked for',
    values: { rbac: { rolloutRestarts: true } },
    has: {
      [`ClusterRole/${release}-rollout`]: {
        rules: [
          { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets'], verbs: ['get', 'patch'] },
        ],
      },
      [`ClusterRoleBinding/${release}-rollout`]: {
        roleRef: { kind: 'ClusterRole', name: `${release}-rollout` },
        subjects: [{ kind: 'ServiceAccount', name: release, namespace: 'social-system' }],
      },
    },
  },
  {
    title: 'the right to restart workloads, in the namespaces that are served and nowhere else',
    values: { rbac: { rolloutRestarts: true }, watchNamespaces: ['main-stage'] },
    has: {
      [`Role/${release}-rollout`]: { metadata: { namespace: 'main-stage' }, rules: [{ verbs: ['get', 'patch'] }] },
      [`RoleBinding/${release}-rollout`]: { metadata: { namespace: 'main-stage' }, roleRef: { kind: 'Role' } },
    },
    lacks: [`ClusterRole/${release}-rollout`, `ClusterRoleBinding/${release}-rollout`],
  },
  {
    title: 'no rights for people',
    values: { rbac: { aggregateToView: false, aggregateToEdit: false } },
    lacks: [`ClusterRole/${release}-view`, `ClusterRole/${release}-edit`],
  },
  {
    title: 'a ServiceAccount that is there already',
    values: { serviceAccount: { create: false, name: 'operator' } },
    has: {
      ...pod({ serviceAccountName: 'operator' }),
      [`ClusterRoleBinding/${release}`]: { subjects: [{ name: 'operator' }] },
    },
    lacks: [`ServiceAccount/${release}`],
  },
  {
    title: 'a ServiceAccount with annotations',
    values: { serviceAccount: { name: 'operator', annotations: { note: 'x' } } },
    has: { 'ServiceAccount/operator': { metadata: { annotations: { note: 'x' } } } },
  },
  {
    title: 'a Vault with every word of its own',
    values: {
      vault: {
        address: 'https://vault.media.example.com',
        namespace: 'media/live',
        mount: 'kv',
        prefix: 'teams/social',
        auth: { mount: 'kubernetes-stage', role: 'sco' },
      },
    },
    args: [
      '--vault-address=https://vault.media.example.com',
      '--vault-namespace=media/live',
      '--vault-mount=kv',
      '--vault-prefix=teams/social',
      '--vault-auth-mount=kubernetes-stage',
      '--vault-auth-role=sco',
    ],
  },
  {
    title: "Vault's authority as text",
    values: { vault: { caBundle: certificate } },
    has: {
      [`ConfigMap/${release}-vault-ca`]: { data: { 'ca.crt': endingInNewline(certificate) } },
      ...container({
        volumeMounts: [
          { name: 'api-access' },
          { name: 'vault-token' },
          { name: 'vault-ca', mountPath: '/etc/vault-ca' },
        ],
      }),
    },
    args: ['--vault-ca-file=/etc/vault-ca/ca.crt'],
  },
  {
    title: "Vault's authority in a Secret under another key",
    values: { vault: { ca: { secretName: 'vault-tls', key: 'tls.crt' } } },
    has: pod({
      volumes: [
        {},
        {},
        { name: 'vault-ca', secret: { secretName: 'vault-tls', items: [{ key: 'tls.crt', path: 'ca.crt' }] } },
      ],
    }),
    args: ['--vault-ca-file=/etc/vault-ca/ca.crt'],
  },
  {
    title: "Vault's authority in a ConfigMap",
    values: { vault: { ca: { configMapName: 'vault-ca' } } },
    has: pod({ volumes: [{}, {}, { configMap: { name: 'vault-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }] }),
  },
  {
    title: 'Vault by AppRole, which needs no ServiceAccount token of its own',
    values: { vault: { auth: { method: 'approle', approleSecretName: 'vault-approle' } } },
    has: pod({ volumes: [{ name: 'api-access' }, { name: 'approle', secret: { secretName: 'vault-approle' } }] }),
    args: [
      '--vault-auth-method=approle',
      '--vault-approle-role-id-file=/etc/approle/role-id',
      '--vault-approle-secret-id-file=/etc/approle/secret-id',
    ],
  },
  {
    title: 'a Vault token that an agent in the pod keeps fresh',
    values: {
      vault: { auth: { method: 'token-file' } },
      config: { 'vault-token-file': '/vault/agent/token' },
      extraVolumes: [{ name: 'agent', emptyDir: { medium: 'Memory' } }],
      extraVolumeMounts: [{ name: 'agent', mountPath: '/vault/agent', readOnly: true }],
    },
    has: pod({ volumes: [{ name: 'api-access' }, { name: 'agent', emptyDir: {} }] }),
    args: ['--vault-auth-method=token-file', '--vault-token-file=/vault/agent/token'],
  },
  {
    title: 'Vault by JWT',
    values: { vault: { auth: { method: 'jwt', mount: 'cluster-7' } } },
    has: pod({ volumes: [{}, { name: 'vault-token' }] }),
    args: ['--vault-auth-method=jwt', '--vault-auth-mount=cluster-7'],
  },
  {
    title: 'settings by the name of their flag, of every kind',
    values: {
      config: {
        'propagation-floor': '180s',
        'metrics-channel-limit': 100000,
        'vault-token-path': false,
        'secret-metadata-prefixes': ['reloader.example.com/', 'team.example.com/'],
        'platform-endpoint': ['twitch=https://127.0.0.1:9443'],
      },
    },
    args: [
      '--propagation-floor=180s',
      '--metrics-channel-limit=100000',
      '--vault-token-path=false',
      '--secret-metadata-prefixes=reloader.example.com/,team.example.com/',
      '--platform-endpoint=twitch=https://127.0.0.1:9443',
    ],
  },
  {
    title: 'one egress address, and the authority of what looks into TLS there',
    values: { platformProxy: 'http://egress.example.com:3128', platformCA: { configMapName: 'egress-ca' } },
    has: pod({ volumes: [{}, {}, { name: 'platform-ca', configMap: { name: 'egress-ca' } }] }),
    args: ['--platform-proxy=http://egress.example.com:3128', '--platform-ca-file=/etc/platform-ca/ca.crt'],
  },
  {
    title: 'pages for whoever has an invitation',
    values: {
      pages: { enabled: true, url: 'https://connect.example.com' },
      config: { 'pages-invitations': true },
    },
    has: { [`Service/${release}-pages`]: { spec: { ports: [{ port: 80, targetPort: 'pages' }] } } },
    args: ['--pages-url=https://connect.example.com', '--pages-address=0.0.0.0:8081', '--pages-invitations=true'],
  },
  { title: 'a log for debugging', values: { logLevel: 'debug' }, args: ['--log-level=debug'] },
  {
    title: 'a ServiceMonitor',
    values: {
      metrics: { serviceMonitor: { ...monitor, interval: '15s', scrapeTimeout: '10s', namespace: 'monitoring' } },
    },
    apis: [monitoringApi],
    has: {
      [`ServiceMonitor/${release}`]: {
        metadata: { namespace: 'monitoring', labels: { release: 'prometheus' } },
        spec: {
          endpoints: [{ port: 'metrics', path: '/metrics', interval: '15s', scrapeTimeout: '10s', honorLabels: true }],
          namespaceSelector: { matchNames: ['social-system'] },
          selector: { matchLabels: { 'app.kubernetes.io/component': 'metrics' } },
        },
      },
    },
  },
  {
    title: 'a PodMonitor with relabelings, and no Service',
    values: {
      metrics: {
        service: { enabled: false },
        podMonitor: { ...monitor, relabelings: [{ targetLabel: 'cluster', replacement: 'stage' }] },
      },
    },
    apis: [monitoringApi],
    has: {
      [`PodMonitor/${release}`]: {
        spec: {
          podMetricsEndpoints: [{ port: 'ops', relabelings: [{ targetLabel: 'cluster', replacement: 'stage' }] }],
        },
      },
    },
    lacks: [`Service/${release}-metrics`],
  },
  {
    title: 'a ServiceMonitor that is left out where the cluster has no such thing',
    values: { metrics: { serviceMonitor: { enabled: true, renderMode: 'skipIfMissing' } } },
    lacks: [`ServiceMonitor/${release}`],
  },
  {
    title: 'a ServiceMonitor before the cluster has it, for GitOps',
    values: { metrics: { serviceMonitor: { enabled: true, renderMode: 'alwaysRender' } } },
    has: { [`ServiceMonitor/${release}`]: {} },
  },
  {
    title: 'the alerts, with runbooks elsewhere',
    values: {
      prometheusRule: {
        enabled: true,
        namespace: 'monitoring',
        additionalLabels: { release: 'prometheus' },
        runbookBaseUrl: 'https://runbooks.example.com',
      },
    },
    apis: [monitoringApi],
    has: { [`PrometheusRule/${release}`]: { metadata: { namespace: 'monitoring' } } },
  },
  {
    title: 'the dashboards',
    values: { dashboards: { enabled: true, annotations: { grafana_folder: 'Social' } } },
    has: {
      [`ConfigMap/${release}-social-channel-fleet`]: { metadata: { annotations: { grafana_folder: 'Social' } } },
      [`ConfigMap/${release}-social-channel`]: {},
    },
  },
  {
    title: 'a network policy for egress, with ports from the addresses',
    values: { networkPolicy: { egress: { enabled: true } }, platformProxy: 'http://egress.example.com:3128' },
    has: {
      [`NetworkPolicy/${release}`]: {
        spec: {
          policyTypes: ['Ingress', 'Egress'],
          egress: [
            { ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] },
            { ports: [{ port: 443 }, { port: 6443 }] },
            { ports: [{ port: 8200 }] },
            { ports: [{ port: 3128 }] },
          ],
        },
      },
    },
  },
  {
    title: 'a network policy with peers',
    values: {
      networkPolicy: {
        metricsFrom: [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }],
        egress: {
          enabled: true,
          kubernetesTo: [{ ipBlock: { cidr: '10.0.0.1/32' } }],
          kubernetesPorts: [443],
          vaultTo: [{ namespaceSelector: {} }],
          extra: [{ ports: [{ port: 9443 }] }],
        },
      },
      vault: { address: 'https://vault.example.com' },
    },
    has: {
      [`NetworkPolicy/${release}`]: {
        spec: {
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }] }],
          egress: [
            {},
            { to: [{ ipBlock: { cidr: '10.0.0.1/32' } }], ports: [{ port: 443 }] },
            { to: [{ namespaceSelector: {} }], ports: [{ port: 443 }] },
            { ports: [{ port: 443 }] },
            { ports: [{ port: 9443 }] },
          ],
        },
      },
    },
  },
  { title: 'no network policy', values: { networkPolicy: { enabled: false } }, lacks: [`NetworkPolicy/${release}`] },
  {
    title: 'where pods go',
    values: {
      priorityClassName: 'system-cluster-critical',
      nodeSelector: { pool: 'infra' },
      tolerations: [{ key: 'infra', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      schedulerName: 'binpack',
      runtimeClassName: 'gvisor',
      hostUsers: false,
    },
    has: pod({
      priorityClassName: 'system-cluster-critical',
      nodeSelector: { pool: 'infra', 'kubernetes.io/os': 'linux' },
      tolerations: [{ key: 'infra', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      schedulerName: 'binpack',
      runtimeClassName: 'gvisor',
      hostUsers: false,
    }),
  },
  {
    title: 'what pods get',
    values: {
      resources: { limits: { cpu: '2' } },
      podLabels: { team: 'live' },
      podAnnotations: { note: 'x' },
      deploymentLabels: { tier: 'infra' },
      deploymentAnnotations: { note: 'other' },
    },
    has: {
      [deployment]: {
        metadata: { labels: { tier: 'infra' }, annotations: { note: 'other' } },
        spec: {
          template: {
            metadata: { labels: { team: 'live' }, annotations: { note: 'x' } },
            spec: { containers: [{ resources: { limits: { cpu: '2', memory: '512Mi' } } }] },
          },
        },
      },
    },
  },
  {
    title: 'more arguments and environment, the last word being theirs',
    values: {
      logLevel: 'warn',
      extraArgs: ['--log-level=debug'],
      extraEnv: [{ name: 'SOCIALCHANNEL_WORKERS', value: '3' }],
      extraEnvFrom: [{ configMapRef: { name: 'more' } }],
    },
    has: container({
      env: [{ name: 'SOCIALCHANNEL_WORKERS', value: '3' }],
      envFrom: [{ configMapRef: { name: 'more' } }],
    }),
    args: ['--log-level=warn', '--log-level=debug'],
  },
  {
    title: 'more containers and volumes',
    values: {
      extraContainers: [{ name: 'agent', image: 'vault', securityContext: restricted() }],
      extraInitContainers: [{ name: 'wait', image: 'busybox', securityContext: restricted() }],
      extraVolumes: [{ name: 'more', emptyDir: {} }],
      extraVolumeMounts: [{ name: 'more', mountPath: '/more' }],
    },
    has: pod({
      initContainers: [{ name: 'wait' }],
      containers: [{ name: 'operator', volumeMounts: [{}, {}, { name: 'more' }] }, { name: 'agent' }],
      volumes: [{}, {}, { name: 'more' }],
    }),
  },
  {
    title: 'more objects, as objects and as text',
    values: {
      extraObjects: [
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace: '{{ .Release.Namespace }}' } },
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include "sco.fullname" . }}-two\n',
      ],
    },
    has: { 'ConfigMap/one': { metadata: { namespace: 'social-system' } }, [`ConfigMap/${mine('-two')}`]: {} },
  },
  {
    title: 'how names are resolved',
    values: {
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['10.0.0.10'] },
      hostAliases: [{ ip: '10.1.2.3', hostnames: ['vault.example.com'] }],
    },
    has: pod({
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['10.0.0.10'] },
      hostAliases: [{ ip: '10.1.2.3', hostnames: ['vault.example.com'] }],
    }),
  },
  {
    title: 'a longer grace, for the pod and for the operator',
    values: { terminationGracePeriodSeconds: 200, config: { 'shutdown-grace': '3m' } },
    has: pod({ terminationGracePeriodSeconds: 200 }),
    args: ['--shutdown-grace=3m'],
  },
  {
    title: 'the user and group that OpenShift or a policy wants',
    values: { podSecurityContext: { runAsUser: 1000660000, fsGroup: 1000660000 } },
    has: pod({ securityContext: { runAsNonRoot: true, runAsUser: 1000660000, fsGroup: 1000660000 } }),
  },
  { title: 'no pod for helm test', values: { test: { enabled: false } }, lacks: [`Pod/${release}-check`] },
];

/** What restricted Pod Security asks of every container. */
function restricted() {
  return { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
}

/** A block of text in YAML ends in one newline. */
function endingInNewline(text: string): string {
  return `${text.trimEnd()}\n`;
}
