import type { ObjectMeta } from '../api/metadata.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import type { Finding } from './doctor-findings.ts';
import { tokenSecretOf } from './session.ts';

/** core/v1 Pod, as far as it can hold a token. */
export interface Pod {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly volumes?: readonly Volume[];
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly ephemeralContainers?: readonly Container[];
  };
  readonly status?: { readonly phase?: string };
}

interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName?: string };
  readonly projected?: { readonly sources?: readonly { readonly secret?: { readonly name?: string } }[] };
}

interface Container {
  readonly name: string;
  /** `Always` on an init container that runs as long as the pod does. */
  readonly restartPolicy?: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly subPath?: string;
    readonly subPathExpr?: string;
  }[];
  readonly env?: readonly {
    readonly name: string;
    readonly valueFrom?: { readonly secretKeyRef?: { readonly name?: string } };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name?: string } }[];
}

/** Pods that hold a token in a way by which they never see the next one (reference: kubelet, Secret volumes and subPath). */
export function consumerFindings(pods: readonly Pod[], channels: readonly SocialChannel[]): Finding[] {
  const secrets = new Map(
    channels.map((channel) => [`${channel.metadata.namespace}/${tokenSecretOf(channel)}`, channel]),
  );
  const alive = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  return alive.flatMap((pod) =>
    faultsOf(pod, (name) => secrets.get(`${pod.metadata.namespace}/${name}`)?.metadata.name),
  );
}

type ChannelOf = (secret: string) => string | undefined;

function faultsOf(pod: Pod, channelOf: ChannelOf): Finding[] {
  const { spec } = pod;
  const name = `pod ${pod.metadata.namespace}/${pod.metadata.name}`;
  const lasting = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const containers = [...spec.containers, ...lasting, ...(spec.ephemeralContainers ?? [])];
  return containers.flatMap((container) => [
    ...subPathsOf(container, spec.volumes ?? [], channelOf).map((channel) => ({
      level: 'bad' as const,
      text: `${name} mounts the token with subPath: it will never see a new one`,
      next: `Container ${container.name}, token of SocialChannel ${channel}. Mount the Secret as a folder, without subPath.`,
    })),
    ...variablesOf(container, channelOf).map(({ channel, variable }) => ({
      level: 'bad' as const,
      text: `${name} reads the token from ${variable}: it keeps the one that it started with`,
      next: `Container ${container.name}, token of SocialChannel ${channel}. Mount the Secret as a folder and read the file before each connection.`,
    })),
  ]);
}

function subPathsOf({ volumeMounts = [] }: Container, volumes: readonly Volume[], channelOf: ChannelOf): string[] {
  const cut = volumeMounts.filter(({ subPath, subPathExpr }) => subPath || subPathExpr).map(({ name }) => name);
  return volumes
    .filter(({ name }) => cut.includes(name))
    .flatMap((volume) => {
      const names = [volume.secret?.secretName, ...(volume.projected?.sources ?? []).map(({ secret }) => secret?.name)];
      return names.flatMap((secret) => channelOf(secret ?? '') ?? []);
    });
}

function variablesOf({ env = [], envFrom = [] }: Container, channelOf: ChannelOf) {
  const single = env.flatMap(({ name, valueFrom }) => {
    const channel = channelOf(valueFrom?.secretKeyRef?.name ?? '');
    return channel === undefined ? [] : [{ channel, variable: `the environment variable ${name}` }];
  });
  const whole = envFrom.flatMap(({ secretRef }) => {
    const channel = channelOf(secretRef?.name ?? '');
    return channel === undefined ? [] : [{ channel, variable: 'environment variables (envFrom)' }];
  });
  return [...single, ...whole];
}
