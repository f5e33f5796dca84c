import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { issueServer } from './certificates.ts';
import { uniqueName } from './scratch.ts';
import type { World } from './world.ts';

export interface CloudEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: Record<string, unknown>;
}

export interface ReceivedMail {
  readonly to: readonly string[];
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
  readonly content: string;
}

/** A webhook receiver and a mail server as somebody else would run them, and the flags of an operator that uses both. */
export interface NoticeSinks {
  readonly events: CloudEvent[];
  readonly mails: ReceivedMail[];
  /** What was wrong with requests: a signature, a time, a header. */
  readonly complaints: string[];
  /** Every answer is 503, every mail is put off, until it is false again. */
  isDown: boolean;
  attempts: number;
  readonly flags: readonly string[];
  stop(): Promise<void>;
}

const secret = Buffer.from('thirty-two bytes for the tests!!').toString('base64');
const login = { user: 'operator', password: 'correct horse' };

export async function startNoticeSinks(world: World): Promise<NoticeSinks> {
  const pair = issueServer(world.authority, 'sinks');
  const folder = join(world.folder, uniqueName('sinks'));
  mkdirSync(folder, { recursive: true });
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const state = { events: [], mails: [], complaints: [], isDown: false, attempts: 0 } as Omit<
    NoticeSinks,
    'flags' | 'stop'
  >;
  const webhook = createServer({ cert: pair.certificate, key: pair.key }, (request, response) => {
    void bodyOf(request).then((body) => {
      state.attempts += 1;
      if (!state.isDown) receive(state, request, body);
      response.writeHead(state.isDown ? 503 : 204).end();
    });
  });
  const smtp = mailServer(state, pair);
  const ports = [await listening(webhook), await listening(smtp.server, smtp)];
  return Object.assign(state, {
    flags: [
      ['--notice-webhook-url', `https://localhost:${ports[0]}/notices`],
      ['--notice-webhook-secret-file', file('webhook', `whsec_${secret}\n`)],
      ['--notice-smtp-address', `localhost:${ports[1]}`],
      ['--notice-smtp-user-file', file('user', login.user)],
      ['--notice-smtp-password-file', file('password', `${login.password}\n`)],
      ['--notice-mail-from', 'channels@example.com'],
      ['--notice-ca-file', file('ca.pem', world.authority.certificate)],
      ['--notice-window', '2s'],
    ].flat(),
    stop: async () => {
      webhook.closeAllConnections();
      await Promise.all([new Promise((done) => webhook.close(done)), new Promise<void>((done) => smtp.close(done))]);
    },
  });
}

type State = Omit<NoticeSinks, 'flags' | 'stop'>;

/** As the specification of Standard Webhooks tells receivers to do it. */
function receive(state: State, request: IncomingMessage, body: string): void {
  const header = (name: string) => String(request.headers[name] ?? '');
  const [id, timestamp] = [header('webhook-id'), header('webhook-timestamp')];
  const expected = createHmac('sha256', Buffer.from(secret, 'base64')).update(`${id}.${timestamp}.${body}`);
  const signature = `v1,${expected.digest('base64')}`;
  if (!header('webhook-signature').split(' ').includes(signature)) state.complaints.push('wrong signature');
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > 300) state.complaints.push('wrong time');
  if (!header('content-type').startsWith('application/cloudevents+json')) state.complaints.push('wrong type');
  const event = JSON.parse(body) as CloudEvent & { specversion: string };
  if (event.specversion !== '1.0' || event.id !== id) state.complaints.push('no CloudEvent 1.0');
  state.events.push(event);
}

function mailServer(state: State, pair: { certificate: string; key: string }): SMTPServer {
  return new SMTPServer({
    cert: pair.certificate,
    key: pair.key,
    onAuth: ({ username, password }, _session, done) =>
      username === login.user && password === login.password
        ? done(null, { user: username })
        : done(new Error('wrong login')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (state.isDown) return done(Object.assign(new Error('try later'), { responseCode: 451 }));
        state.mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          isEncrypted: session.secure,
          user: session.user,
          content: Buffer.concat(chunks).toString('utf8'),
        });
        return done();
      });
    },
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function listening(
  server: { address(): AddressInfo | string | null },
  by: { listen(port: number, host: string, done: () => void): unknown } = server as never,
): Promise<number> {
  await new Promise<void>((done) => by.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}
