/** One clock per platform: this machine's, plus a shift that tests set. */
export class PlatformClocks {
  readonly #shiftMs = new Map<string, number>();

  /** This machine's time, epoch milliseconds. */
  machine(): number {
    return Date.now();
  }

  now(platform: string): number {
    return this.machine() + this.shiftMs(platform);
  }

  shiftMs(platform: string): number {
    return this.#shiftMs.get(platform) ?? 0;
  }

  /** Moves the platform's clock on (or back, when negative) from where it stands. */
  shift(platform: string, byMs: number): number {
    const shiftMs = this.shiftMs(platform) + byMs;
    this.#shiftMs.set(platform, shiftMs);
    return shiftMs;
  }

  toPlatform(platform: string, machineAt: number): number {
    return machineAt + this.shiftMs(platform);
  }

  toMachine(platform: string, platformAt: number): number {
    return platformAt - this.shiftMs(platform);
  }
}
