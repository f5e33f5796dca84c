import { planOf, type WalkOptions, type WalkResult, walk } from './walk.ts';

const ruleOf = ({ violations: [first = ''] }: WalkResult) => first.split(':')[0];

/** Leaves out whatever is not needed for the same promise to be broken; answers the places that may be left out. */
export async function shrink(options: WalkOptions): Promise<{ without: readonly number[]; result: WalkResult }> {
  let without: readonly number[] = options.without ?? [];
  let result = await walk({ ...options, without });
  const rule = ruleOf(result);
  const { troubles } = planOf(options.seed, options.isUnvisited);
  for (let place = troubles.length - 1; place >= 0; place -= 1) {
    if (without.includes(place)) continue;
    const shorter = await walk({ ...options, without: [...without, place] });
    if (ruleOf(shorter) !== rule) continue;
    without = [...without, place];
    result = shorter;
  }
  return { without: [...without].sort((a, b) => a - b), result };
}
