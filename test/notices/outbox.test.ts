import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice } from '../../src/core/notice.ts';
import { NoticeDesk } from '../../src/notices/desk.ts';
import { Outbox, type OutboxOptions } from '../../src/notices/outbox.ts';
import { type Sink, Undelivered } from '../../src/notices/sink.ts';
import { notice } from './notice.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const windowMs = 60_000;

/** An outbox with a sink that answers as told. */
function outbox(of: Partial<OutboxOptions> & { answer?: (batch: readonly Notice[]) => void | Promise<void> } = {}) {
  const delivered: string[][] = [];
  const sent: string[] = [];
  const attempts: { result: string; retryInMs?: number; why?: string }[] = [];
  const sink: Sink = {
    name: 'Mail',
    groupOf: ({ owner }) => owner?.email,
    deliver: async (batch) => {
      await of.answer?.(batch);
      delivered.push(batch.map(({ id }) => id));
    },
  };
  const box = new Outbox({
    sink,
    clock: { now: () => Date.now() },
    random: { unit: () => 0 },
    windowMs,
    limit: 100,
    onSent: (key, { id }) => sent.push(`${key} ${id}`),
    onAttempt: (attempt) => attempts.push(attempt),
    ...of,
  });
  return { box, delivered, sent, attempts };
}

const to = (email: string, id: string): Notice => notice({ id, owner: { name: 'x', email } });

describe('an outbox', () => {
  it('sends what one owner is to be told within the window together, and to each owner apart', async () => {
    const { box, delivered } = outbox();
    box.put('a', to('dana@x', '1'));
    await vi.advanceTimersByTimeAsync(windowMs / 2);
    box.put('b', to('dana@x', '2'));
    box.put('c', to('eve@x', '3'));
    await vi.advanceTimersByTimeAsync(windowMs / 2);
    expect(delivered).toEqual([['1', '2']]);
    await vi.advanceTimersByTimeAsync(windowMs / 2);
    expect(delivered).toEqual([['1', '2'], ['3']]);
    expect(box.depth).toBe(0);
  });

  it('takes the same notice once', async () => {
    const { box, delivered } = outbox();
    for (let i = 0; i < 3; i += 1) box.put('a', to('dana@x', '1'));
    await vi.advanceTimersByTimeAsync(windowMs);
    expect(delivered).toEqual([['1']]);
  });

  it('sends again with growing pauses until the sink takes it, and loses none', async () => {
    let isDown = true;
    const { box, delivered, attempts, sent } = outbox({
      windowMs: 0,
      answer: () => {
        if (isDown) throw new Undelivered('away', { isRefused: false });
      },
    });
    box.put('a', to('dana@x', '1'));
    await vi.advanceTimersByTimeAsync(30_000);
    box.put('b', to('dana@x', '2'));
    isDown = false;
    await vi.advanceTimersByTimeAsync(60_000);
    const pauses = attempts.flatMap(({ retryInMs }) => (retryInMs === undefined ? [] : [retryInMs]));
    expect(pauses).toEqual([...pauses].sort((x, y) => x - y));
    expect(pauses.length).toBeGreaterThan(3);
    expect(delivered).toEqual([['1', '2']]);
    expect(sent).toEqual(['a 1', 'b 2']);
  });

  it('obeys a pause that the sink asks for', async () => {
    const { box, attempts } = outbox({
      windowMs: 0,
      answer: () => {
        throw new Undelivered('busy', { isRefused: false, retryAfterMs: 120_000 });
      },
    });
    box.put('a', to('dana@x', '1'));
    await vi.advanceTimersByTimeAsync(110_000);
    expect(attempts).toHaveLength(1);
  });

  it('lets one owner whose address is refused hold up no other', async () => {
    const { box, delivered, attempts } = outbox({
      answer: ([first]) => {
        if (first?.owner?.email === 'bad@x') throw new Undelivered('no such mailbox', { isRefused: true });
      },
    });
    box.put('a', to('bad@x', '1'));
    box.put('b', to('dana@x', '2'));
    await vi.advanceTimersByTimeAsync(windowMs);
    expect(delivered).toEqual([['2']]);
    expect(attempts.map(({ result }) => result).sort()).toEqual(['Refused', 'Sent']);
  });

  it('passes on no words of a foreign error', async () => {
    const { box, attempts } = outbox({
      windowMs: 0,
      answer: () => {
        throw new Error('password hunter2 was refused');
      },
    });
    box.put('a', to('dana@x', '1'));
    await vi.advanceTimersByTimeAsync(10);
    expect(JSON.stringify(attempts)).not.toContain('hunter2');
    expect(attempts[0]?.result).toBe('Failed');
  });

  it('sends nothing that is owed no longer', async () => {
    const { box, delivered } = outbox();
    box.put('a', to('dana@x', '1'));
    box.put('b', to('dana@x', '2'));
    box.withdraw((key) => key === 'a');
    await vi.advanceTimersByTimeAsync(windowMs);
    expect(delivered).toEqual([['2']]);
  });

  it('is bounded, and says so', () => {
    const { box } = outbox({ limit: 2 });
    expect(['1', '2', '3'].map((id) => box.put('a', to('dana@x', id)))).toEqual([true, true, false]);
    expect(box.put('a', to('dana@x', '1'))).toBe(true);
  });

  it('keeps nothing for a channel without anybody to tell', () => {
    const { box } = outbox();
    expect(box.put('a', notice({ owner: undefined }))).toBe(true);
    expect(box.depth).toBe(0);
  });

  it('ends when what is being sent has ended, and sends nothing more', async () => {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const { box, sent, delivered } = outbox({ windowMs: 0, answer: () => arrived });
    box.put('a', to('dana@x', '1'));
    const stopped = box.stop();
    arrive();
    await stopped;
    expect(sent).toEqual(['a 1']);
    box.put('b', to('eve@x', '2'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(delivered).toEqual([['1']]);
  });
});

describe('the desk', () => {
  function desk() {
    const woken: string[] = [];
    const delivered: string[][] = [];
    const sink: Sink = {
      name: 'Mail',
      groupOf: ({ id }) => id,
      deliver: async (batch) => void delivered.push(batch.map(({ id }) => id)),
    };
    const options = { sink, clock: { now: () => Date.now() }, random: { unit: () => 0 }, windowMs, limit: 10 };
    const board = new NoticeDesk(
      (onSent) => new Map([['Mail', new Outbox({ ...options, onSent, onAttempt: () => {} })]]),
    );
    board.onSent((key) => woken.push(key));
    return { board, woken, delivered };
  }
  const owed = [{ sink: 'Mail', notice: notice({ id: '1' }) }] as const;

  it('remembers what was sent until the status shows it, and sends it once meanwhile', async () => {
    const { board, woken, delivered } = desk();
    board.owes('a', owed, []);
    await vi.advanceTimersByTimeAsync(windowMs);
    expect(woken).toEqual(['a']);
    // The write of the status was lost: the channel owes it still.
    board.owes('a', owed, []);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(delivered).toEqual([['1']]);
    const [told] = board.sent('a');
    expect(told).toMatchObject({ sink: 'Mail', id: '1' });
    board.owes('a', [], told === undefined ? [] : [told]);
    expect(board.sent('a')).toEqual([]);
  });

  it('withdraws what the channel owes no longer, and what is another replica to tell', async () => {
    const { board, delivered } = desk();
    board.owes('a', owed, []);
    board.owes('a', [], []);
    board.owes('b', [{ sink: 'Mail', notice: notice({ id: '2' }) }], []);
    board.forget((key) => key === 'b');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(delivered).toEqual([]);
    expect(board.waiting()).toEqual([{ sink: 'Mail', count: 0 }]);
  });
});
