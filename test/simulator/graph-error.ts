import type { WireAnswer } from './wire-client.ts';

/** What of an error envelope can be relied on. */
export function errorOf({ status, json }: WireAnswer): Record<string, unknown> {
  const { code, error_subcode: subcode, message } = (json?.error ?? {}) as Record<string, unknown>;
  return { status, code, subcode, message };
}
