import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ObjectRef } from '../core/ports.ts';
import type { Heard, PushRequest, PushSignal } from '../core/push.ts';
import { deletionPage } from './push-deletion.ts';
import { SeenMessages } from './push-seen.ts';

/** An app that messages may be sent to. */
export interface PushApp {
  readonly platform: string;
  /** How its platform proves a message, for metrics. */
  readonly kind: string;
  /** Never throws. */
  hear(request: PushRequest): Promise<Heard>;
}

export interface PushApps {
  /** Undefined where there is no such app, or its platform sends nothing. Cheap: anybody may ask. @throws Failure */
  find(app: ObjectRef): Promise<PushApp | undefined>;
}

/** Who makes a check of a signal. */
export interface SignalSink {
  /** @returns how many channels are going to be checked. @throws Failure where that could not be found out or written down */
  heard(app: ObjectRef, signal: PushSignal): Promise<number>;
}

/** What became of a message, for the metric. */
export type PushOutcome =
  | Exclude<Heard['kind'], 'Signal' | 'Challenged'>
  | 'Checked'
  | 'Unmatched'
  | 'Repeated'
  | 'Challenged'
  | 'TooLarge'
  | 'UnknownApp';

export interface PushOptions {
  readonly apps: PushApps;
  readonly signals: SignalSink;
  /** `https://connect.example.com`, as people and platforms reach it; from configuration, never from a request. */
  readonly baseURL: string;
  readonly count: (of: { platform: string; kind: string; outcome: PushOutcome }) => void;
  readonly log: { warn(fields: object, message: string): void };
}

/** No platform sends more than a few of them. */
const MAX_BYTES = 64 * 1024;

/**
 * What platforms tell by themselves: `/push/<namespace>/<app>`. A message is checked by the app's own secret, or by its
 * issuer's keys, and then only makes the operator ask the platform; whatever it says, it is no verdict.
 */
export function pushApp(options: PushOptions): Hono {
  const app = new Hono();
  const seen = new SeenMessages();
  const tooLarge = bodyLimit({
    maxSize: MAX_BYTES,
    onError: (context) => {
      options.count({ platform: '', kind: '', outcome: 'TooLarge' });
      return context.text('too large\n', 413);
    },
  });
  app.get('/push/:namespace/:app/deletion/:code', (context) => deletionPage(context));
  app.on(['GET', 'POST'], '/push/:namespace/:app', tooLarge, async (context) => {
    const ref = { namespace: context.req.param('namespace'), name: context.req.param('app') };
    const request: PushRequest = {
      method: context.req.method === 'GET' ? 'GET' : 'POST',
      query: context.req.query(),
      headers: context.req.header(),
      body: new Uint8Array(await context.req.arrayBuffer()),
      deletionURL: (code) => `${options.baseURL}/push/${ref.namespace}/${ref.name}/deletion/${code}`,
    };
    const { status, type, body } = await answerTo(options, seen, ref, request);
    return new Response(status === 204 ? null : body, { status, headers: { 'Content-Type': type } });
  });
  return app;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const says = (status: number, text: string): Answer => ({ status, type: 'text/plain', body: `${text}\n` });

/** Says nothing about why a proof is wrong: whoever has to know that is told by the metric and the log. */
const refusals = {
  Forged: says(403, 'not accepted'),
  Old: says(403, 'not accepted'),
  Malformed: says(400, 'not understood'),
  // The platform sends it again.
  Failed: says(503, 'try again later'),
} as const;

async function answerTo(
  options: PushOptions,
  seen: SeenMessages,
  ref: ObjectRef,
  request: PushRequest,
): Promise<Answer> {
  const { apps, count, log } = options;
  let found: PushApp | undefined;
  const told = (outcome: PushOutcome) => count({ platform: found?.platform ?? '', kind: found?.kind ?? '', outcome });
  try {
    found = await apps.find(ref);
    if (found === undefined) {
      told('UnknownApp');
      return says(404, 'no such app');
    }
    const heard = await found.hear(request);
    if (heard.kind === 'Signal') return await passOn(options, seen, ref, heard, told);
    told(heard.kind);
    return 'answer' in heard ? heard.answer : refusals[heard.kind];
  } catch (error) {
    told('Failed');
    log.warn({ app: `${ref.namespace}/${ref.name}`, err: error }, 'a message of a platform could not be taken');
    return refusals.Failed;
  }
}

async function passOn(
  { signals }: PushOptions,
  seen: SeenMessages,
  ref: ObjectRef,
  { signal, answer }: Extract<Heard, { kind: 'Signal' }>,
  told: (outcome: PushOutcome) => void,
): Promise<Answer> {
  const id = `${ref.namespace}/${ref.name} ${signal.id}`;
  if (seen.has(id)) {
    told('Repeated');
    return answer;
  }
  const checked = await signals.heard(ref, signal);
  // Only now: what failed above may come again.
  seen.add(id);
  told(checked > 0 ? 'Checked' : 'Unmatched');
  return answer;
}
