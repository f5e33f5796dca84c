import { CasLost } from '../../src/core/failure.ts';
import type { LeaseRecord } from '../../src/core/lease.ts';

/** Leases in memory, with the API server's own rule: a write that names another version than the present one is refused. */
export class LeaseServer {
  readonly #leases = new Map<string, LeaseRecord>();
  #version = 0;
  /** When each call arrived, by true time. */
  readonly calls: number[] = [];

  list(): readonly LeaseRecord[] {
    this.calls.push(performance.now());
    return [...this.#leases.values()];
  }

  write(lease: Omit<LeaseRecord, 'version'>, over: string | undefined): LeaseRecord {
    this.calls.push(performance.now());
    if (this.#leases.get(lease.name)?.version !== over) throw new CasLost(`${lease.name} was changed`);
    this.#version += 1;
    const written = { ...lease, version: String(this.#version) };
    this.#leases.set(lease.name, written);
    return written;
  }

  remove({ name, version }: LeaseRecord): void {
    this.calls.push(performance.now());
    if (this.#leases.get(name)?.version !== version) throw new CasLost(`${name} was changed`);
    this.#leases.delete(name);
  }

  names(role: LeaseRecord['role']): string[] {
    return [...this.#leases.values()].filter((lease) => lease.role === role).map(({ name }) => name);
  }
}
