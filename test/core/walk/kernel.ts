/** What happens later, in the order of its time; what falls on one instant happens in the order in which it was asked for. */
export interface Later {
  readonly at: number;
  readonly fire: () => void;
}

const stepsInBatch = 64;

/** The clock of everything, and what is to happen: it goes from one event to the next and waits for nobody. */
export class Kernel {
  now: number;
  readonly #agenda: Later[] = [];

  constructor(startAt: number) {
    this.now = startAt;
  }

  at(at: number, fire: () => void): Later {
    const later = { at: Math.max(at, this.now), fire };
    let place = this.#agenda.length;
    while (place > 0 && (this.#agenda[place - 1] as Later).at > later.at) place -= 1;
    this.#agenda.splice(place, 0, later);
    return later;
  }
  /** Nobody waits for it any more. */
  cancel(later: Later): void {
    const place = this.#agenda.indexOf(later);
    if (place >= 0) this.#agenda.splice(place, 1);
  }

  get nextAt(): number | undefined {
    return this.#agenda[0]?.at;
  }

  /** When everything that is to happen happens. */
  agenda(): readonly number[] {
    return this.#agenda.map(({ at }) => at);
  }

  /** The next event, and whatever follows from it without time passing. */
  async step(): Promise<void> {
    this.#fire();
    await settled();
  }

  /**
   * Node runs all promises that can go on between two callbacks of one batch: a batch is many steps for one turn of the
   * event loop, which would else cost more than the steps do.
   */
  passUntil(at: number, isOver: () => boolean = () => false): Promise<void> {
    const isDue = () => (this.nextAt ?? Number.POSITIVE_INFINITY) <= at && !isOver();
    return new Promise((resolve, reject) => {
      const step = () => {
        try {
          if (isDue()) this.#fire();
        } catch (error) {
          reject(error);
        }
      };
      const look = () => {
        if (isDue()) return batch();
        if (!isOver()) this.now = Math.max(this.now, at);
        resolve();
      };
      const batch = () => {
        for (let count = 0; count < stepsInBatch; count += 1) setImmediate(step);
        setImmediate(look);
      };
      look();
    });
  }

  #fire(): void {
    const next = this.#agenda.shift();
    if (next === undefined) return;
    this.now = next.at;
    next.fire();
  }
}

/** Every promise that could go on has gone on: what is left waits for an event. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
