import { readFileSync } from 'node:fs';
import type { Config } from './config.ts';
import type { Told } from './core/notice.ts';
import type { Logger } from './log.ts';
import { clock, random } from './main-process.ts';
import type { Metrics } from './metrics.ts';
import { NoticeDesk } from './notices/desk.ts';
import { Outbox, type OutboxOptions } from './notices/outbox.ts';
import type { Sink } from './notices/sink.ts';

/** So many notices wait for a sink at most; the channels remember what they owe. */
const WAITING = 1_000;

/** Makes the sinks that are configured; the cluster's identity is known only later. */
export type SinkMaker = (clusterId: () => string) => Sink[];

/** The sinks that are configured, each with its outbox; none where notices are off. */
export function noticeDesk(
  config: Config,
  log: Logger,
  metrics: Metrics,
  sinks: { readonly make: SinkMaker; readonly clusterId: () => string },
): NoticeDesk {
  return new NoticeDesk((took) => {
    const outboxes = sinks.make(sinks.clusterId).map((sink) => [sink.name, outboxOf(sink, took)] as const);
    return new Map(outboxes);
  });

  function outboxOf(sink: Sink, onSent: (key: string, told: Told) => void): Outbox {
    // A machine wants each notice at once, a person few mails.
    const windowMs = sink.name === 'Mail' ? config.noticeWindowMs : 0;
    return new Outbox({ sink, clock, random, windowMs, limit: WAITING, onSent, onAttempt: told(sink, log, metrics) });
  }
}

/** What sends is loaded only where something is to be sent: it costs memory that most installations have no use for. */
export async function loadSinks(config: Config): Promise<SinkMaker> {
  const ca = config.noticeCaFile === undefined ? undefined : readFileSync(config.noticeCaFile, 'utf8');
  const makers: ((clusterId: () => string) => Sink)[] = [];
  const { noticeWebhookUrl: url, noticeWebhookSecretFile: secretFile } = config;
  if (url !== undefined && secretFile !== undefined) {
    const { WebhookSink } = await import('./notices/webhook.ts');
    makers.push((clusterId) => new WebhookSink({ url, secretFile, ca, clusterId, clock }));
  }
  const { noticeSmtpAddress, noticeMailFrom: from } = config;
  if (noticeSmtpAddress !== undefined && from !== undefined) {
    const { MailSink } = await import('./notices/mail.ts');
    const mail = { from, cc: config.noticeMailCc, domains: config.noticeMailDomains, tls: config.noticeSmtpTls, ca };
    const login = { userFile: config.noticeSmtpUserFile, passwordFile: config.noticeSmtpPasswordFile };
    makers.push(() => new MailSink({ ...noticeSmtpAddress, ...mail, ...login }));
  }
  return (clusterId) => makers.map((make) => make(clusterId));
}

/** Ever fewer lines: a sink that is away for a day is a handful of them. */
function told(sink: Sink, log: Logger, metrics: Metrics): OutboxOptions['onAttempt'] {
  return ({ notices, result, attempt, why, retryInMs }) => {
    for (const { kind } of notices) metrics.notices.inc({ sink: sink.name, kind, result });
    const channels = notices.map(({ channel }) => `${channel.namespace}/${channel.name}`);
    if (result === 'Sent') {
      log.info({ sink: sink.name, kinds: notices.map(({ kind }) => kind), channels }, 'a notice was sent');
    } else if ((attempt & (attempt - 1)) === 0) {
      log.warn({ sink: sink.name, channels, attempt, why, retryInMs }, 'a notice could not be sent; it is sent again');
    }
  };
}
