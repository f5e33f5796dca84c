import { Sealed } from '../../../src/core/sealed.ts';
import {
  absent,
  bootstrap,
  channel,
  claimedAgo,
  dayMs,
  derived,
  grantWith,
  hourMs,
  lending,
  minuteMs,
  nowAt,
  observation,
  readyApp,
  retries,
  secondMs,
  suspended,
  unusable,
  verdict,
} from '../builders.ts';
import { fires, misses, type Row, waits, yields } from './row.ts';

const rests = waits(47 * minuteMs);
const reReads = waits(5 * minuteMs);
const derives = { kind: 'Derive' } as const;
const pages = { app: readyApp({ profile: derived }) };
const page = channel({ spec: { account: { id: '42', kind: 'Page' } } });
/** Nobody said which page, and none was connected before. */
const nameless = channel({ status: { state: 'Connected', reason: 'Healthy' } });
const personal = {
  access: undefined,
  accessExpiresAt: undefined,
  refreshExpiresAt: nowAt + 30 * dayMs,
  obtainedAt: nowAt - 30 * dayMs,
};
/** The page's token, derived from the person's token of that fingerprint. */
const shown = (of: object = {}) => grantWith({ ...personal, access: Sealed.of('page'), derivedFrom: 'f7', ...of });
const borrower = channel({ spec: { grantFrom: { name: 'lender' }, account: { id: '42' } } });
const newBorrower = channel({ spec: { grantFrom: { name: 'lender' }, account: { id: '42' } }, status: undefined });
const borrowed = (of: object = {}, record: object = {}) =>
  grantWith({ refresh: undefined, derivedFrom: 'lender@1.3', ...of }, { lender: 'lender', ...record });

const accountNameless: Row[] = [
  fires('accountNameless', 'nobody said for which page', observation(nameless, pages), reReads),
  fires('accountNameless', 'it waits to be imported', observation(nameless, pages, absent, { bootstrap }), reReads),
  misses('accountNameless', 'spec names the page', observation(page, pages, shown()), 'rest', rests),
  misses('accountNameless', 'one login is one account', observation(nameless), 'rest', waits(47 * minuteMs)),
  yields(
    'accountNameless',
    'pods do not see the token that there is',
    observation(nameless, pages, shown(), { isSecretCurrent: false }),
    'project',
    { kind: 'Project' },
  ),
];

const derive: Row[] = [
  fires('derive', 'only the person’s token is there', observation(page, pages, grantWith(personal)), derives),
  fires('derive', 'it was derived from an older one', observation(page, pages, shown({ derivedFrom: 'f6' })), derives),
  fires(
    'derive',
    'spec names another page',
    observation(channel({ spec: { account: { id: '43', kind: 'Page' } } }), pages, shown()),
    derives,
  ),
  fires('derive', 'the platform refused it', observation(page, pages, shown({ accessRefusedAt: nowAt })), derives),
  fires('derive', 'another channel lends its login', observation(newBorrower, absent, lending()), derives),
  fires('derive', 'the lender was renewed', observation(borrower, borrowed(), lending({ generation: 4 })), derives),
  fires(
    'derive',
    'the lender was connected anew after a rejection',
    observation(borrower, borrowed({}, { verdict }), lending({ epoch: 2 })),
    derives,
  ),
  misses('derive', 'it is of the present token', observation(page, pages, shown()), 'rest', rests),
  misses('derive', 'it is a login of its own', observation(), 'rest', waits(47 * minuteMs)),
  misses(
    'derive',
    'it was tried in vain',
    observation(page, pages, grantWith(personal), retries('Derive')),
    'rest',
    waits(minuteMs),
  ),
  misses(
    'derive',
    'it was rejected, and nothing is new',
    observation(page, pages, grantWith(personal, { verdict: { ...verdict, at: nowAt } })),
    'rejected',
    reReads,
  ),
  misses(
    'derive',
    'another process spends the person’s token',
    observation(page, pages, claimedAgo(20 * secondMs, { tokens: { ...personal, refresh: Sealed.of('person') } })),
    'claimed',
    waits(40 * secondMs),
  ),
  misses(
    'derive',
    'the person’s token was given to another app',
    observation(page, { app: readyApp({ profile: derived, clientId: 'other' }) }, grantWith(personal)),
    'appChanged',
    reReads,
  ),
  misses(
    'derive',
    'it is suspended',
    observation(
      { channel: { ...suspended.channel, spec: { ...suspended.channel.spec, account: { id: '42' } } } },
      pages,
      grantWith(personal),
    ),
    'suspended',
    waits(21 * hourMs),
  ),
  misses(
    'derive',
    'the lender needs a person',
    observation(borrower, borrowed(), lending({}, true)),
    'rest',
    waits(47 * minuteMs),
  ),
  misses(
    'derive',
    'the app cannot be used',
    observation(newBorrower, { app: unusable() }, absent, lending()),
    'appUnusable',
    reReads,
  ),
  yields(
    'derive',
    'pods do not see the token that there is',
    observation(borrower, borrowed(), lending({ generation: 4 }), { isSecretCurrent: false }),
    'project',
    { kind: 'Project' },
  ),
];

export const derivation: readonly Row[] = [...accountNameless, ...derive];
