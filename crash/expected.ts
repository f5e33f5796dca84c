import type { Cell } from './cells.ts';
import { kinds } from './kinds.ts';

/**
 * Cells that are lost until an answer that Vault does not take is kept in an escrow (design section 6, step 4): the
 * process has the answer, Vault is away, and seconds later the process is gone too. This file goes with the escrow.
 */
export function awaitsEscrow({ path, kind, point, trouble }: Cell): boolean {
  return path === 'refresh' && kinds[kind].isSingleUse && point === 'after-answer' && trouble === 'vault-down';
}
