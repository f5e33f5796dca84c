import type { ConsentProgress, Refusal } from './consent.ts';
import type { PendingRecord, StagedConsent } from './consent-records.ts';
import { lostAfterMs } from './consent-rules.ts';
import type { Settings } from './settings.ts';

const sentences: Readonly<Record<Refusal, string>> = {
  Unknown: 'Another connection of this channel was begun meanwhile, or this one never was. Nothing was replaced.',
  Expired: 'It took too long, so the answer was not used. Nothing was replaced; connect the channel once more.',
  Used: 'This answer of the platform was used before. Nothing was changed by it.',
  Foreign:
    'This answer does not belong to the connection that was begun in this browser. It was not used, and nothing was replaced.',
  Superseded: 'A newer login came meanwhile. It stays, and nothing was replaced.',
  Denied: 'The platform was not given the permission. Nothing was replaced.',
  Changed: 'The channel or its app is another one by now. Nothing was replaced; connect it once more.',
};

export function refused(refusal: Refusal, message = sentences[refusal]): Extract<ConsentProgress, { kind: 'Refused' }> {
  return { kind: 'Refused', refusal, message };
}

const working = (message: string): ConsentProgress => ({ kind: 'Working', message });

/** What became of the consent of that id, as Vault shows it. */
export function progressOf(
  id: string,
  { consent }: PendingRecord,
  staged: StagedConsent | undefined,
  { now, settings }: { readonly now: number; readonly settings: Settings },
): ConsentProgress {
  if (staged?.id === id) return progressOfStaged(staged);
  if (consent?.id !== id) return refused('Unknown');
  if (consent.outcome !== undefined) return consent.outcome;
  if (consent.consumedAt === undefined) {
    return now < consent.expiresAt ? { kind: 'Waiting', until: consent.expiresAt } : refused('Expired');
  }
  const isLate = now >= consent.consumedAt + lostAfterMs(settings);
  return working(
    isLate
      ? 'The answer of the platform is looked for: the operator was interrupted, or Vault does not take it at the moment. If this does not end within minutes, connect the channel once more: nothing is lost by it.'
      : 'The answer of the platform is being fetched.',
  );
}

function progressOfStaged({ answer, finding, trouble, confirmedAt, discardedAt }: StagedConsent): ConsentProgress {
  const isOpen = answer !== undefined;
  if (isOpen && discardedAt !== undefined) return working('What was granted is being thrown away.');
  if (isOpen && trouble !== undefined) return { kind: 'Failed', message: trouble, isKept: true };
  if (isOpen && confirmedAt !== undefined) return working('The account is being connected.');
  return finding ?? working('The platform is asked whose account this is.');
}
