/** An entry of `metadata.managedFields` (Kubernetes, "Server-Side Apply", section "Field management"). */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly apiVersion?: string;
  readonly fieldsType?: string;
  readonly time?: string;
  readonly fieldsV1?: FieldSet;
}

/** Field paths as nested keys. */
export interface FieldSet {
  readonly [path: string]: FieldSet;
}

/**
 * Turns what a manager owns by a plain create or update into what it owns by apply.
 *
 * Without it a field that was created by POST and is left out of a later apply stays for ever, because the POST still
 * counts as its owner: a renamed key would leave the old token behind.
 *
 * @returns nothing when there is nothing to turn
 */
export function ownedByApply(
  entries: readonly ManagedFieldsEntry[],
  manager: string,
): readonly ManagedFieldsEntry[] | undefined {
  const isUpdate = (entry: ManagedFieldsEntry) =>
    entry.manager === manager && entry.operation === 'Update' && !entry.subresource;
  const isApply = (entry: ManagedFieldsEntry) => entry.manager === manager && entry.operation === 'Apply';
  const update = entries.find(isUpdate);
  if (update === undefined) return undefined;
  const apply = entries.find(isApply);
  const fieldsV1 = union(update.fieldsV1 ?? {}, apply?.fieldsV1 ?? {});
  const rest = entries.filter((entry) => entry !== update && entry !== apply);
  return [...rest, { ...update, operation: 'Apply', fieldsV1 }];
}

function union(one: FieldSet, other: FieldSet): FieldSet {
  const all: Record<string, FieldSet> = { ...one };
  for (const [path, inner] of Object.entries(other)) all[path] = union(all[path] ?? {}, inner);
  return all;
}
