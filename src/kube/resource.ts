import { group, plurals, version } from '../api/names.ts';

/** One kind of resource, as paths and RBAC name it. */
export interface ResourceType {
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

export const channels: ResourceType = { kind: 'SocialChannel', group, version, plural: plurals.SocialChannel };
export const apps: ResourceType = { kind: 'SocialApp', group, version, plural: plurals.SocialApp };
export const platforms: ResourceType = { kind: 'SocialPlatform', group, version, plural: plurals.SocialPlatform };
export const secrets: ResourceType = { kind: 'Secret', group: '', version: 'v1', plural: 'secrets' };
export const namespaces: ResourceType = { kind: 'Namespace', group: '', version: 'v1', plural: 'namespaces' };
export const leases: ResourceType = { kind: 'Lease', group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };
export const events: ResourceType = { kind: 'Event', group: 'events.k8s.io', version: 'v1', plural: 'events' };

/** Which object or collection of a type. Without a namespace: all namespaces, or a cluster-scoped type. */
export interface Place {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: 'status' | undefined;
}

/** The path of an object or a collection (Kubernetes API concepts, "Resource URIs"). */
export function pathOf(type: ResourceType, place: Place): string {
  const base = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const parts = [base];
  if (place.namespace !== undefined) parts.push('namespaces', encodeURIComponent(place.namespace));
  parts.push(type.plural);
  if (place.name !== undefined) parts.push(encodeURIComponent(place.name));
  if (place.subresource !== undefined) parts.push(place.subresource);
  return parts.join('/');
}

/** An object in words: `SocialChannel main-stage/live`. */
export function nameOf(type: ResourceType, place: Place): string {
  return `${type.kind} ${place.namespace === undefined ? '' : `${place.namespace}/`}${place.name ?? ''}`;
}

/** The parts of a call that follow from its object. */
export function at(type: ResourceType, place: Place) {
  const resource = place.subresource === undefined ? type.plural : `${type.plural}/${place.subresource}`;
  return { path: pathOf(type, place), resource, namespace: place.namespace };
}

/** RFC 3339 with six digits of the second, as fields of the type MicroTime demand. */
export function microTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000Z');
}
