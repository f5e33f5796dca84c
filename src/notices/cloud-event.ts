import { version } from '../api/names.ts';
import { formatInstant } from '../core/instant.ts';
import type { Notice } from '../core/notice.ts';

/** A notice as a CloudEvent 1.0 in its structured JSON form (https://github.com/cloudevents/spec). */
export function cloudEvent(notice: Notice, clusterId: string): object {
  const { id, kind, at, channel, app, platform, account, owner, reason, why, remedy, token, reconnectURL } = notice;
  const { namespace, name, uid } = channel;
  return {
    specversion: '1.0',
    id,
    source: `/clusters/${clusterId}/namespaces/${namespace}/socialchannels/${name}`,
    type: `dev.socialops.socialchannel.${kind.toLowerCase()}.${version}`,
    subject: `${namespace}/${name}`,
    time: formatInstant(at),
    datacontenttype: 'application/json',
    data: {
      channel: { namespace, name, uid },
      app,
      platform,
      account,
      owner,
      state: kind === 'Recovered' ? 'Connected' : kind,
      reason,
      message: why,
      remedy,
      sinceTime: instant(notice.since),
      deadlineTime: instant(notice.deadlineAt),
      tokenValid: token.works,
      tokenValidUntilTime: instant(token.until),
      reconnectURL,
    },
  };
}

function instant(at: number | undefined): string | undefined {
  return at === undefined ? undefined : formatInstant(at);
}
