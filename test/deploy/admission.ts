import type { KubernetesObject } from '../harness/api-client.ts';
import { sharedWorld } from '../harness/shared-world.ts';

export const apiVersion = 'socialops.dev/v1alpha1';

export type Fields = Readonly<Record<string, unknown>>;
/** A spec that the API server refuses, and a part of the sentence with which it does. */
export type RefusedRow = readonly [title: string, spec: Fields, says: string];
export type AdmittedRow = readonly [title: string, spec: Fields];

/**
 * What the API server makes of an object (defaults filled in), or the sentence with which it refuses it. Nothing is
 * stored: this is a dry run with strict field validation, as `kubectl apply --dry-run=server` does it.
 */
export async function tryOut(kind: string, spec: Fields, name = 'tried'): Promise<KubernetesObject | string> {
  const scope = kind === 'SocialPlatform' ? '' : '/namespaces/default';
  const path = `/apis/${apiVersion}${scope}/${kind.toLowerCase()}s`;
  const body = { apiVersion, kind, metadata: { name }, spec };
  const query = { dryRun: 'All', fieldValidation: 'Strict' };
  return sharedWorld()
    .admin.request('POST', path, { query, body })
    .catch((error: Error) => error.message);
}

/** The sentence with which the API server refuses an object. */
export async function refusal(kind: string, spec: Fields, name?: string): Promise<string> {
  const result = await tryOut(kind, spec, name);
  return typeof result === 'string' ? result : `It was admitted: ${JSON.stringify(result.spec)}`;
}
