import { CasLost } from '../core/failure.ts';
import type { ChannelRef, ParkedAnswer } from '../core/grant.ts';
import type { KeyValue } from './kv.ts';
import type { RecordPath, VaultPaths } from './paths.ts';
import { decodeParked, encodeParked } from './record.ts';

/** How often a change is tried anew when others change the same record at the same time. */
const attempts = 5;

/** Answers whose commit lost its check-and-set, by claim id, all of one channel in one record. */
export class ParkedAnswers {
  readonly #kv: KeyValue;
  readonly #paths: VaultPaths;
  readonly #newId: () => string;

  constructor(kv: KeyValue, paths: VaultPaths, newId: () => string) {
    this.#kv = kv;
    this.#paths = paths;
    this.#newId = newId;
  }

  async list(ref: ChannelRef): Promise<readonly ParkedAnswer[]> {
    return (await this.#read(ref)).answers;
  }

  async add(ref: ChannelRef, parked: ParkedAnswer): Promise<void> {
    await this.#change(ref, (answers) =>
      bounded([...answers.filter(({ claimId }) => claimId !== parked.claimId), parked]),
    );
  }

  async remove(ref: ChannelRef, claimIds: readonly string[]): Promise<void> {
    await this.#change(ref, (answers) => answers.filter(({ claimId }) => !claimIds.includes(claimId)));
  }

  async #change(ref: ChannelRef, change: (answers: readonly ParkedAnswer[]) => readonly ParkedAnswer[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { version, answers } = await this.#read(ref);
      const changed = change(answers);
      if (changed.length === 0 && answers.length === 0) return;
      try {
        const data = { writeId: this.#newId(), ...encodeParked(changed) };
        await this.#kv.write(this.#at(ref), data, version);
        return;
      } catch (error) {
        if (!(error instanceof CasLost) || attempt === attempts) throw error;
      }
    }
  }

  async #read(ref: ChannelRef) {
    const { version, data } = await this.#kv.read(this.#at(ref));
    return { version, answers: data === undefined ? [] : decodeParked(data, this.#at(ref)) };
  }

  #at(ref: ChannelRef): RecordPath {
    return this.#paths.channel(ref, 'parked');
  }
}

/** Answers that could not be understood are kept for people only: the newest tell as much as all, and a record has a limit. */
const maxUnread = 3;

function bounded(answers: readonly ParkedAnswer[]): ParkedAnswer[] {
  const unread = answers.filter(({ answer }) => answer === undefined);
  const dropped = new Set(unread.slice(0, -maxUnread));
  return answers.filter((answer) => !dropped.has(answer));
}
