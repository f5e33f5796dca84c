import { expect } from 'vitest';
import { Desk } from '../../../src/channel/desk.ts';
import type { BegunConsent, ConsentProgress, Requester } from '../../../src/core/consent.ts';
import type { PlatformProfile } from '../../../src/core/profile.ts';
import { hourMs, minuteMs, ours, reusable, secondMs } from '../builders.ts';
import { VirtualWorld } from './world.ts';

const dana: Requester = { kind: 'SignedIn', id: 'dana', name: 'Dana Reyes' };
const redirectURI = 'https://connect.example.com/callback';
const stateOf = ({ url }: BegunConsent) => new URL(url).searchParams.get('state') ?? '';

/** A person with a browser, and the pages of the present process. */
export class Person {
  readonly world: VirtualWorld;
  #codes = 0;

  constructor(world: VirtualWorld) {
    this.world = world;
  }

  /** Of the process that lives now. */
  get desk(): Desk {
    return new Desk(this.world.asWorld());
  }
  async begin(by = dana): Promise<BegunConsent> {
    return await this.desk.begin({ channel: ours, by, redirectURI });
  }
  /** What the platform sends them back with. */
  callback(begun: BegunConsent, of: Record<string, string | undefined> = {}): Record<string, string> {
    this.#codes += 1;
    const all = { state: stateOf(begun), code: `code-${this.#codes}`, ...of };
    return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  }
  async finish(begun: BegunConsent, callback = this.callback(begun)): Promise<ConsentProgress | 'died'> {
    const { id, browserSecret } = begun;
    const work = this.desk.finish({ channel: ours, id, callback, browserSecret });
    const ending = await Promise.race([work, this.world.life.death]);
    if (ending === 'died') this.world.restart();
    return ending;
  }
  async progress({ id }: BegunConsent): Promise<ConsentProgress> {
    return await this.desk.progress(ours, id);
  }
  async confirm({ id, browserSecret }: BegunConsent, secret = browserSecret): Promise<ConsentProgress> {
    return await this.desk.confirm(ours, id, secret);
  }
  async discard({ id, browserSecret }: BegunConsent): Promise<ConsentProgress> {
    return await this.desk.discard(ours, id, browserSecret);
  }
}

export async function connected(profile: PlatformProfile = reusable): Promise<Person> {
  const world = new VirtualWorld(profile);
  await world.pass(minuteMs);
  expect(world.status).toMatchObject({ state: 'Connected', epoch: 1 });
  return new Person(world);
}

export async function needingReauth(profile: PlatformProfile = reusable): Promise<Person> {
  const person = await connected(profile);
  person.world.platform.withdraw();
  await person.world.pass(2 * hourMs);
  expect(person.world.status.state).toBe('NeedsReauth');
  return person;
}

export async function neverConnected(): Promise<Person> {
  const world = new VirtualWorld(reusable).withoutTokens();
  await world.pass(secondMs);
  expect(world.status).toMatchObject({ state: 'Pending', reason: 'NeverConnected' });
  return new Person(world);
}
