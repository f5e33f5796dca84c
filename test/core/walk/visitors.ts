import type { BegunConsent, ConsentProgress } from '../../../src/core/consent.ts';
import { ours } from '../builders.ts';
import { minuteMs, secondMs } from '../times.ts';
import type { Chance } from './chance.ts';
import type { Stage } from './stage.ts';
import type { Guest } from './troubles.ts';

/** Where the browser goes when nothing comes back, or what came back says so. */
const reloads = 3;
const by = { kind: 'SignedIn', id: 'dana', name: 'Dana Reyes' } as const;

/** People who connect the channel by its page, on whichever replica answers them. */
export class Visitors {
  readonly #stage: Stage;
  readonly #chance: Chance;
  readonly #later: (ms: number, what: () => unknown) => void;

  constructor(stage: Stage, chance: Chance, later: (ms: number, what: () => unknown) => void) {
    this.#stage = stage;
    this.#chance = chance;
    this.#later = later;
  }

  /** Opens the page, and comes back from the platform after so long, if at all. */
  visit(guest: Guest, ms: number): void {
    const redirectURI = 'https://connect.example.com/callback';
    this.#desk()
      ?.begin({ channel: ours, by, redirectURI })
      .then(
        (begun) => guest !== 'Stops' && this.#later(ms, () => this.#returns(begun, guest)),
        // Told why it cannot be now: they leave.
        () => {},
      );
  }

  #returns(begun: BegunConsent, guest: Guest): void {
    const code = this.#stage.platform.allow(guest === 'Wrong' ? '43' : '42');
    const state = new URL(begun.url).searchParams.get('state') ?? '';
    this.#bring(begun, { code, state }, reloads);
  }

  /** The browser may be reloaded where nothing comes: another replica may answer then. */
  #bring(begun: BegunConsent, callback: Readonly<Record<string, string>>, left: number): void {
    const { id, browserSecret } = begun;
    let isAnswered = false;
    this.#desk()
      ?.finish({ channel: ours, id, callback, browserSecret })
      .then((progress) => {
        isAnswered = true;
        this.#reads(begun, progress, reloads);
      });
    this.#later(30 * secondMs, () => !isAnswered && left > 0 && this.#bring(begun, callback, left - 1));
  }

  #reads(begun: BegunConsent, progress: ConsentProgress, left: number): void {
    const { id, browserSecret } = begun;
    if (progress.kind === 'WrongAccount' && this.#chance.isTrue(0.5)) {
      this.#desk()
        ?.discard(ours, id, browserSecret)
        .catch(() => {});
    }
    if (progress.kind !== 'Working' || left === 0) return;
    this.#later(minuteMs, () => {
      this.#desk()
        ?.progress(ours, id)
        .then(
          (next) => this.#reads(begun, next, left - 1),
          () => {},
        );
    });
  }

  #desk() {
    const alive = this.#stage.replicas.filter((replica) => replica.isAlive);
    return alive.length === 0 ? undefined : this.#chance.one(alive).desk;
  }
}
