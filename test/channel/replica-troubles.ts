import type { Replica } from './replicas-stage.ts';

/** What happens to one replica, and how it ends. */
export interface ReplicaTrouble {
  readonly name: string;
  /** It loses its buckets by this, and the others take them over. */
  readonly isTakenOver: boolean;
  /** Another process stands there afterwards. */
  readonly isNewProcess: boolean;
  begin(replica: Replica): Promise<unknown>;
  end(replica: Replica): Promise<unknown>;
}

export const replicaTroubles: readonly ReplicaTrouble[] = [
  {
    name: 'killed',
    isTakenOver: true,
    isNewProcess: true,
    begin: ({ operator }) => operator.kill(),
    end: ({ operator }) => operator.start(),
  },
  {
    name: 'stopped',
    isTakenOver: true,
    isNewProcess: false,
    begin: async ({ operator }) => operator.pause(),
    end: async ({ operator }) => operator.resume(),
  },
  {
    name: 'cut off from the API server',
    isTakenOver: true,
    isNewProcess: false,
    begin: ({ kubernetes }) => kubernetes.refuse(),
    end: ({ kubernetes }) => kubernetes.accept(),
  },
  {
    name: 'cut off from Vault',
    isTakenOver: false,
    isNewProcess: false,
    begin: ({ vault }) => vault.refuse(),
    end: ({ vault }) => vault.accept(),
  },
  {
    name: 'restarted',
    isTakenOver: false,
    isNewProcess: true,
    begin: ({ operator }) => operator.stop(),
    end: ({ operator }) => operator.start(),
  },
];

/** Numbers in [0, 1) that a seed repeats. */
export function randomOf(state: number): () => number {
  let next = state;
  return () => {
    next = (Math.imul(next, 1_664_525) + 1_013_904_223) >>> 0;
    return next / 2 ** 32;
  };
}
