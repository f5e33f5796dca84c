import { ControlError } from './directory.ts';
import type { Fault, FaultInput, Operation } from './model.ts';

/** What a request is about, as far as it can be told before the platform has looked at it. */
export interface Subject {
  platform: string;
  operation: Operation;
  clientId: string | null;
  accountId: string | null;
}

/** The faults in force. The oldest that fits a request meets it. */
export class FaultBoard {
  #faults: Fault[] = [];
  #lastId = 0;

  add(input: FaultInput): Fault {
    if (input.kind === 'delay' && input.delayMs === undefined) {
      throw new ControlError('a fault of kind "delay" needs delayMs');
    }
    this.#lastId += 1;
    const fault: Fault = { ...input, id: this.#lastId, met: 0 };
    this.#faults.push(fault);
    return fault;
  }

  remove(id: number): boolean {
    return this.#keep((fault) => fault.id !== id) > 0;
  }

  clear(platform?: string): number {
    return this.#keep((fault) => platform !== undefined && fault.platform !== platform);
  }

  list(): Fault[] {
    return this.#faults;
  }

  /** The fault that meets this request, counted as met; null when none does. */
  take(subject: Subject, now: number): Fault | null {
    const fault = this.#faults.find((one) => fits(one, subject, now));
    if (!fault) {
      return null;
    }
    fault.met += 1;
    return fault;
  }

  #keep(wanted: (fault: Fault) => boolean): number {
    const before = this.#faults.length;
    this.#faults = this.#faults.filter(wanted);
    return before - this.#faults.length;
  }
}

function fits(fault: Fault, subject: Subject, now: number): boolean {
  return (
    fault.platform === subject.platform &&
    (fault.operation === 'any' || fault.operation === subject.operation) &&
    (fault.clientId === undefined || fault.clientId === subject.clientId) &&
    (fault.accountId === undefined || fault.accountId === subject.accountId) &&
    (fault.times === undefined || fault.met < fault.times) &&
    (fault.untilMs === undefined || now < fault.untilMs)
  );
}
