import type { Operator } from './operator.ts';

/** Of an operator whose heap can be looked at with `liveHeapMiB`. */
export const heapEnvironment = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** What is in use of its heap after everything that nobody needs was collected, by its inspector. */
export async function liveHeapMiB(operator: Operator): Promise<number> {
  const [url] = /ws:\/\/127\.0\.0\.1:\d+\/\S+/.exec(operator.output()) ?? [];
  if (url === undefined) throw new Error('The operator was not started with heapEnvironment: it has no inspector.');
  const socket = new WebSocket(url);
  await once(socket, 'open');
  try {
    await asked(socket, 1, 'HeapProfiler.collectGarbage');
    const { usedSize } = (await asked(socket, 2, 'Runtime.getHeapUsage')) as { usedSize: number };
    return usedSize / 2 ** 20;
  } finally {
    socket.close();
  }
}

async function asked(socket: WebSocket, id: number, method: string): Promise<unknown> {
  socket.send(JSON.stringify({ id, method }));
  const { data } = (await once(socket, 'message')) as MessageEvent;
  const { result, error } = JSON.parse(String(data)) as { result?: unknown; error?: { message: string } };
  if (error !== undefined) throw new Error(`The operator's inspector refused ${method}: ${error.message}`);
  return result;
}

function once(socket: WebSocket, event: 'open' | 'message'): Promise<Event> {
  return new Promise((resolve, reject) => {
    socket.addEventListener(event, resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error("The operator's inspector broke off.")), { once: true });
  });
}
