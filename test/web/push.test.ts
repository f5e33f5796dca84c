import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { ObjectRef } from '../../src/core/ports.ts';
import { acknowledged, type Heard, type PushRequest, type PushSignal } from '../../src/core/push.ts';
import { type PushOutcome, pushApp } from '../../src/web/push.ts';

const signal: PushSignal = { id: 'one', event: 'revoked', subjects: ['42'] };
const heard: Heard = { kind: 'Signal', signal, answer: acknowledged };

/** The receivers with the apps of main but main/other, each of which hears what it is told to. */
function receivers(answers: { hear?: Heard; matches?: number; fails?: boolean } = {}) {
  const requests: PushRequest[] = [];
  const passedOn: [ObjectRef, PushSignal][] = [];
  const counted: PushOutcome[] = [];
  const answer = { hear: heard, matches: 1, fails: false, ...answers };
  const app = pushApp({
    baseURL: 'https://connect.example.com',
    log: { warn: () => {} },
    count: ({ outcome }) => counted.push(outcome),
    apps: {
      find: async ({ namespace, name }) =>
        namespace !== 'main' || name === 'other'
          ? undefined
          : {
              platform: 'example',
              kind: 'Webhook',
              hear: async (request) => {
                requests.push(request);
                return answer.hear;
              },
            },
    },
    signals: {
      heard: async (ref, one) => {
        if (answer.fails) throw new Failure('Transient', 'VaultUnavailable', 'Vault is away.', { source: 'Vault' });
        passedOn.push([ref, one]);
        return answer.matches;
      },
    },
  });
  const post = async (path = '/push/main/app', body: string | Uint8Array<ArrayBuffer> = '{}') => {
    const response = await app.request(path, { method: 'POST', body, headers: { 'X-Signature': 'abc' } });
    return { status: response.status, text: await response.text() };
  };
  return { app, post, requests, passedOn, counted, answer };
}

describe('a message of a platform', () => {
  it('is handed over as its bytes came, with its headers and query', async () => {
    const { post, requests } = receivers();
    await post('/push/main/app?a=b', Buffer.from([0x7b, 0xff, 0x7d]));
    const [request] = requests;
    expect([...(request?.body ?? [])]).toEqual([0x7b, 0xff, 0x7d]);
    expect(request).toMatchObject({ method: 'POST', query: { a: 'b' } });
    expect(request?.headers['x-signature']).toBe('abc');
    expect(request?.deletionURL('code')).toBe('https://connect.example.com/push/main/app/deletion/code');
  });

  it('makes a check, once however often it comes', async () => {
    const { post, passedOn, counted } = receivers();
    for (let i = 0; i < 3; i += 1) expect((await post()).status).toBe(204);
    expect(passedOn).toEqual([[{ namespace: 'main', name: 'app' }, signal]]);
    expect(counted).toEqual(['Checked', 'Repeated', 'Repeated']);
  });

  it('is another one where another app got it', async () => {
    const { post, passedOn } = receivers();
    for (const path of ['/push/main/app', '/push/main/second', '/push/main/app']) await post(path);
    expect(passedOn.map(([{ name }]) => name)).toEqual(['app', 'second']);
  });

  it('is counted apart where no channel is meant', async () => {
    const { post, counted } = receivers({ matches: 0 });
    expect((await post()).status).toBe(204);
    expect(counted).toEqual(['Unmatched']);
  });

  it('may come again where it could not be passed on', async () => {
    const { post, passedOn, counted, answer } = receivers({ fails: true });
    expect(await post()).toEqual({ status: 503, text: 'try again later\n' });
    answer.fails = false;
    expect((await post()).status).toBe(204);
    expect(passedOn).toHaveLength(1);
    expect(counted).toEqual(['Failed', 'Checked']);
  });

  it.each([
    ['Forged', 403],
    ['Old', 403],
    ['Malformed', 400],
    ['Failed', 503],
  ] as const)('that is %s does nothing, is answered with %d and counted', async (kind, status) => {
    const { post, passedOn, counted } = receivers({ hear: { kind } });
    expect((await post()).status).toBe(status);
    expect(passedOn).toEqual([]);
    expect(counted).toEqual([kind]);
  });

  it('tells a forger nothing of what was wrong', async () => {
    const { post } = receivers({ hear: { kind: 'Forged' } });
    const { post: late } = receivers({ hear: { kind: 'Old' } });
    expect(await post()).toEqual(await late());
  });

  it('is answered with what the platform wants to hear', async () => {
    const answer = { status: 200, type: 'text/plain', body: 'pogchamp' } as const;
    const { post, counted, passedOn } = receivers({ hear: { kind: 'Challenged', answer } });
    expect(await post()).toEqual({ status: 200, text: 'pogchamp' });
    expect([counted, passedOn]).toEqual([['Challenged'], []]);
  });

  it('to an app that there is not is refused', async () => {
    const { post, counted, requests } = receivers();
    expect((await post('/push/main/other')).status).toBe(404);
    expect([counted, requests]).toEqual([['UnknownApp'], []]);
  });

  it.each([70_000, 64 * 1024 + 1])('of %d bytes is refused unread', async (size) => {
    const { post, counted, requests } = receivers();
    expect((await post('/push/main/app', 'x'.repeat(size))).status).toBe(413);
    expect([counted, requests]).toEqual([['TooLarge'], []]);
  });

  it('is remembered among ten thousand, and the oldest is forgotten', async () => {
    const { post, passedOn, answer } = receivers();
    for (let i = 0; i <= 10_000; i += 1) {
      answer.hear = { ...heard, signal: { ...signal, id: String(i) } };
      await post();
    }
    answer.hear = { ...heard, signal: { ...signal, id: '10000' } };
    await post();
    expect(passedOn).toHaveLength(10_001);
    answer.hear = { ...heard, signal: { ...signal, id: '0' } };
    await post();
    expect(passedOn).toHaveLength(10_002);
  });
});

describe('the page of a request to delete data', () => {
  it('says when it came, and nothing of anybody', async () => {
    const { app } = receivers();
    const moment = (1_795_341_600).toString(36);
    const response = await app.request(`/push/main/app/deletion/${moment}-0123456789abcdef0123`);
    const text = await response.text();
    expect(text).toContain('Your request of 2026-11-22 has arrived');
    expect(text).toContain(`${moment}-0123456789abcdef0123`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it.each(['x', '<script>-0123456789abcdef0123', 'zzzzzzzzzz-0123456789abcdef0123'])(
    'knows no code %s',
    async (code) => {
      const { app } = receivers();
      expect((await app.request(`/push/main/app/deletion/${encodeURIComponent(code)}`)).status).toBe(404);
    },
  );
});
