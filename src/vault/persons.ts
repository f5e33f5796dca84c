import { z } from 'zod';
import { CasLost } from '../core/failure.ts';
import type { ChannelRef } from '../core/grant.ts';
import type { PersonKey, PersonLogin } from '../core/ports.ts';
import type { KeyValue } from './kv.ts';
import type { RecordPath, VaultPaths } from './paths.ts';
import { strictly, time } from './record.ts';

const schema = 1;
const attempts = 5;
/** More logins of one person than any platform keeps are of no use to anybody. */
const maxLogins = 200;

const login = z.object({
  channel: z.object({ namespace: z.string(), name: z.string() }),
  epoch: z.int().nonnegative(),
  consentedAt: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  scopes: z.array(z.string()).optional(),
  lender: z.string().optional(),
});
const entry = z.object({
  schema: z.literal(schema),
  logins: z.array(login),
  everGiven: z.int().nonnegative(),
});

interface Known {
  readonly logins: readonly PersonLogin[];
  readonly everGiven: number;
}

/**
 * The logins that one person gave to one app or project. Giving back one of them may end the others, and platforms keep
 * only so many of them.
 */
export class Persons {
  readonly #kv: KeyValue;
  readonly #paths: VaultPaths;
  readonly #newId: () => string;

  constructor(kv: KeyValue, paths: VaultPaths, newId: () => string) {
    this.#kv = kv;
    this.#paths = paths;
    this.#newId = newId;
  }

  async of(person: PersonKey): Promise<Known> {
    const { logins, everGiven } = await this.#read(this.#paths.person(person));
    return { logins, everGiven };
  }

  async note(person: PersonKey, given: PersonLogin): Promise<void> {
    await this.#change(person, ({ logins, everGiven }) => {
      const isKnown = logins.some((one) => isOf(one, given.channel) && one.epoch === given.epoch);
      const others = logins.filter((one) => !isOf(one, given.channel));
      return { logins: [...others, given].slice(-maxLogins), everGiven: everGiven + (isKnown ? 0 : 1) };
    });
  }

  async forget(person: PersonKey, channel: ChannelRef): Promise<void> {
    await this.#change(person, ({ logins, everGiven }) => ({
      logins: logins.filter((one) => !isOf(one, channel)),
      everGiven,
    }));
  }

  async #change(person: PersonKey, change: (known: Known) => Known): Promise<void> {
    const at = this.#paths.person(person);
    for (let attempt = 1; ; attempt += 1) {
      const { version, data, ...known } = await this.#read(at);
      const next = change(known);
      if (JSON.stringify(next) === JSON.stringify(known)) return;
      try {
        await this.#kv.write(at, { ...data, ...encoded(next), writeId: this.#newId() }, version);
        return;
      } catch (error) {
        if (!(error instanceof CasLost) || attempt === attempts) throw error;
      }
    }
  }

  async #read(at: RecordPath) {
    const { version, data } = await this.#kv.read(at);
    if (data === undefined) return { version, data: {}, logins: [], everGiven: 0 };
    const { logins, everGiven } = strictly(entry, data, at);
    return { version, data, logins, everGiven };
  }
}

function encoded({ logins, everGiven }: Known) {
  return { schema, logins: logins.map((one) => ({ ...one, consentedAt: time(one.consentedAt) })), everGiven };
}

function isOf(login: PersonLogin, channel: ChannelRef): boolean {
  return login.channel.namespace === channel.namespace && login.channel.name === channel.name;
}
