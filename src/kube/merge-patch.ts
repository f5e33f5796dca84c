/** A JSON object; `undefined` fields count as absent. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The merge patch (RFC 7396) that turns `before` into `after`; nothing when they are equal. Arrays are replaced whole,
 * fields that are gone become null.
 */
export function mergePatch(before: JsonObject, after: JsonObject): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined) continue;
    const old = before[key];
    if (isObject(old) && isObject(value)) {
      const inner = mergePatch(old, value);
      if (inner !== undefined) patch[key] = inner;
    } else if (!isSame(old, value)) {
      patch[key] = value;
    }
  }
  for (const [key, old] of Object.entries(before)) {
    if (old !== undefined && after[key] === undefined) patch[key] = null;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  }
  if (isObject(one) && isObject(other)) return mergePatch(one, other) === undefined;
  return one === other;
}
