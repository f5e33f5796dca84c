import { readFileSync } from 'node:fs';
import type { ManagedProcess } from '../test/harness/managed-process.ts';

/** Of /proc: USER_HZ, the same on every Linux. */
const ticksPerSecond = 100;

/** What a cell costs: how many were played in a minute, and whose processor time went into each. */
export class Meter {
  readonly #servers: readonly ManagedProcess[];
  readonly #startedAt = Date.now();
  readonly #before: ReadonlyMap<string, number>;

  constructor(servers: readonly ManagedProcess[]) {
    this.#servers = servers;
    this.#before = this.#seconds();
  }

  told(cells: number): string {
    const perMinute = cells / ((Date.now() - this.#startedAt) / 60_000);
    const each = [...this.#seconds()].map(
      ([name, seconds]) => [name, seconds - (this.#before.get(name) ?? 0)] as const,
    );
    const sum = each.reduce((total, [, seconds]) => total + seconds, 0);
    const parts = each.map(([name, seconds]) => `${name} ${(seconds / cells).toFixed(2)}`).join(', ');
    return `${perMinute.toFixed(1)} cells per minute; processor seconds per cell: ${(sum / cells).toFixed(2)} (${parts})`;
  }

  /** By process, since each began. The operators are children of ours that have ended. */
  #seconds(): Map<string, number> {
    const { user, system } = process.cpuUsage();
    const servers = this.#servers.map(
      ({ name, pid }) => [name, pid === undefined ? 0 : fieldsOf(pid, 11, 12)] as const,
    );
    return new Map([['operators', fieldsOf('self', 13, 14)], ...servers, ['harness', (user + system) / 1e6]]);
  }
}

/** The sum of two fields of /proc/<pid>/stat, counted from behind the program's name, in seconds; 0 where there is no such file. */
function fieldsOf(pid: number | 'self', first: number, second: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[first]) + Number(fields[second])) / ticksPerSecond;
  } catch {
    return 0;
  }
}
