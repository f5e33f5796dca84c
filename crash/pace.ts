/** How many times as long everything may take: on a machine that does other things deadlines end before the work is done. */
export type Slowness = number;

/** Flags whose durations are so many times as long; counts stay as they are. */
export function slowed(flags: readonly string[], slowness: Slowness): string[] {
  return flags.map((flag) =>
    flag.replace(
      /^(\d+)(ms|s)$/,
      (_, amount: string, unit: string) => `${Math.round(Number(amount) * slowness)}${unit}`,
    ),
  );
}
