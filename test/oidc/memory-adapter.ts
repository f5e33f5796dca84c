import type { Adapter } from 'oidc-provider';

interface Entry {
  model: string;
  id: string;
  payload: Record<string, unknown>;
}

/** Keeps everything: the adapter that comes with the package forgets the oldest of a thousand entries. */
export class MemoryStore {
  readonly #entries = new Map<string, Entry>();

  adapterFor(model: string): Adapter {
    const entries = this.#entries;
    const keyOf = (id: string) => `${model}/${id}`;
    const findBy = (field: string, value: string) =>
      [...entries.values()].find((entry) => entry.model === model && entry.payload[field] === value)?.payload;
    return {
      upsert: async (id, payload) => {
        entries.set(keyOf(id), { model, id, payload });
      },
      find: async (id) => entries.get(keyOf(id))?.payload,
      findByUserCode: async (userCode) => findBy('userCode', userCode),
      findByUid: async (uid) => findBy('uid', uid),
      consume: async (id) => {
        const entry = entries.get(keyOf(id));
        if (entry) {
          entry.payload.consumed = Math.floor(Date.now() / 1000);
        }
      },
      destroy: async (id) => {
        entries.delete(keyOf(id));
      },
      revokeByGrantId: async (grantId) => {
        for (const [key, entry] of entries) {
          if (entry.model === model && entry.payload.grantId === grantId) {
            entries.delete(key);
          }
        }
      },
    };
  }
}
