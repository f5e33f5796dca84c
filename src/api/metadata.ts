/**
 * The parts of Kubernetes' object metadata that this operator reads or writes.
 *
 * Source: Kubernetes API conventions, section Metadata, and meta/v1 ObjectMeta.
 */
export interface ObjectMeta {
  name: string;
  /** Absent on cluster-scoped objects. */
  namespace?: string;
  /** Absent only on objects that were never sent to the API server. */
  uid?: string;
  resourceVersion?: string;
  /** Raised by the API server with every change of spec. */
  generation?: number;
  /** RFC 3339. */
  creationTimestamp?: string;
  /** RFC 3339; present once somebody asked for deletion. */
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
}

/** A reference to an object that, when it is deleted, takes this one with it. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  /** True for the one owner that manages the object. */
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}
