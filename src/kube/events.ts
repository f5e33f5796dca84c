import { fieldManager } from '../api/names.ts';
import type { SocialApp, SocialChannel } from '../api/resources.gen.ts';
import type { EventApi } from '../core/ports.ts';
import type { ApiClient } from './client.ts';
import { at, events, microTime } from './resource.ts';

/** Longest note that the API server takes (events.k8s.io/v1, `note`). */
const NOTE_LIMIT = 1_024;

export interface KubeEventsOptions {
  readonly client: ApiClient;
  /** Which replica reports: the pod's name. */
  readonly instance: string;
  /** Told of each Event that could not be written; it must not throw. */
  readonly onLost: (error: unknown) => void;
}

/** Writes Events (events.k8s.io/v1). They are news for people, never state: one that is lost is counted, not repeated. */
export class KubeEvents implements EventApi {
  readonly #options: KubeEventsOptions;

  constructor(options: KubeEventsOptions) {
    this.#options = options;
  }

  async emit(
    regarding: SocialChannel | SocialApp,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): Promise<void> {
    const { client, instance, onLost } = this.#options;
    const { namespace = 'default', name, uid, resourceVersion } = regarding.metadata;
    const { apiVersion, kind } = regarding;
    try {
      await client.call({
        method: 'POST',
        doing: `write an Event about ${kind} ${namespace}/${name}`,
        ...at(events, { namespace }),
        body: {
          apiVersion: 'events.k8s.io/v1',
          kind: 'Event',
          metadata: { generateName: `${name.slice(0, 240)}-`, namespace },
          eventTime: microTime(Date.now()),
          type,
          reason,
          action: reason,
          note: message.slice(0, NOTE_LIMIT),
          regarding: { apiVersion, kind, namespace, name, uid, resourceVersion },
          reportingController: fieldManager,
          reportingInstance: instance.slice(0, 128),
        },
      });
    } catch (error) {
      onLost(error);
    }
  }
}
