import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { JsonText } from './json-text.ts';
import type { Fault } from './model.ts';
import type { Answer } from './platform.ts';

/** Writes an answer; the Date header is the platform's, not this machine's. */
export function send(response: ServerResponse, answer: Answer, platformNow: number): void {
  const { body } = answer;
  const isPlain = typeof body === 'string';
  response.statusCode = answer.status;
  response.setHeader('Date', new Date(platformNow).toUTCString());
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', isPlain ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8');
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    response.setHeader(name, value);
  }
  response.end(isPlain ? body : body instanceof JsonText ? body.text : JSON.stringify(body));
}

function headersOf(fault: Fault): Record<string, string> {
  const retryAfter = fault.retryAfterSeconds;
  return { ...fault.headers, ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }) };
}

const badAnswers: Partial<Record<Fault['kind'], (fault: Fault) => Answer>> = {
  status: (fault) => ({
    status: fault.status ?? 503,
    headers: headersOf(fault),
    body: fault.body ?? { error: 'simulated_fault', error_description: `fault ${fault.id} of the simulator` },
  }),
  html: (fault) => ({
    status: fault.status ?? 502,
    headers: { 'Content-Type': 'text/html; charset=utf-8', ...headersOf(fault) },
    body: '<!doctype html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>',
  }),
  garbage: (fault) => ({
    status: fault.status ?? 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headersOf(fault) },
    body: '{"access_token": "cut off he',
  }),
};

/** Ends the connection with a TCP reset where the platform's kernel can, else by closing it. */
export type Cut = () => void;

/**
 * Answers as the fault says. `genuine` is the platform's own answer where it has done its work.
 * @returns whether the genuine answer was sent
 */
export async function misbehave(
  fault: Fault,
  response: ServerResponse,
  genuine: Answer | null,
  platformNow: () => number,
  cut: Cut,
): Promise<boolean> {
  const bad = badAnswers[fault.kind]?.(fault);
  if (bad) {
    send(response, bad, platformNow());
    return false;
  }
  if (fault.kind === 'hang') {
    return false;
  }
  if (fault.kind === 'delay' && genuine) {
    if (fault.afterEffect) {
      await sleep(fault.delayMs, undefined, { ref: false });
    }
    send(response, genuine, platformNow());
    return true;
  }
  cut();
  return false;
}
