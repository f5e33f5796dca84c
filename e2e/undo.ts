type Undo = () => Promise<unknown> | unknown;

/** What has to be put back, last first; it happens once, also when the run is interrupted. */
export class Undoing {
  readonly #steps: { readonly what: string; readonly undo: Undo }[] = [];
  #done: Promise<void> | undefined;

  add(what: string, undo: Undo): void {
    this.#steps.push({ what, undo });
  }

  /** Puts everything back; what cannot be is said, and the rest goes on. */
  all(say: (line: string) => void): Promise<void> {
    this.#done ??= this.#run(say);
    return this.#done;
  }

  async #run(say: (line: string) => void): Promise<void> {
    for (const { what, undo } of this.#steps.reverse()) {
      try {
        await undo();
        say(`  removed: ${what}`);
      } catch (error) {
        say(`  NOT removed: ${what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
