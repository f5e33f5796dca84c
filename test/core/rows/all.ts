import { adoption } from './adoption.ts';
import { connection } from './connection.ts';
import { consentRows } from './consent.ts';
import { derivation } from './derivation.ts';
import { possession } from './possession.ts';
import { recovery } from './recovery.ts';
import { renewal } from './renewal.ts';
import { restartRows } from './restarts.ts';
import type { Row } from './row.ts';
import { suspicion } from './suspicion.ts';

/** Every row of `decide`, by the subject of its rule. */
export const rowsOfDecide: Readonly<Record<string, readonly Row[]>> = {
  'what belongs to us, and what pods see': possession,
  'how a channel is connected': connection,
  'what becomes of consents': consentRows,
  'what becomes of answers that were not stored': adoption,
  'how a page’s token is derived, and a login lent': derivation,
  'what becomes of a grant in doubt': recovery,
  'when a rejection is believed': suspicion,
  'what is restarted for a new token': restartRows,
  'how a grant is renewed': renewal,
};
