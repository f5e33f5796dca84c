import { describe, expect, it } from 'vitest';
import { type Trouble, Troubles } from './troubles.ts';

const trouble = (more: Partial<Trouble> = {}): Omit<Trouble, 'to' | 'undo'> => ({
  ...{ platform: 'sample', cause: 'role-lost', accountId: 's1', clientId: null, assetId: null },
  ...{ stops: 'nothing', from: 1 },
  ...more,
});

const concerned = { platform: 'sample', accountId: 's1', clientId: 'sa' };

const inForce = (...all: Partial<Trouble>[]): Troubles => {
  const troubles = new Troubles();
  for (const one of all) {
    troubles.begin(trouble(one), () => null);
  }
  return troubles;
};

describe('a trouble', () => {
  it.each<[string, Partial<Trouble>, string | null, boolean]>([
    ['of the account', {}, null, true],
    ['of the account with this app', { clientId: 'sa' }, null, true],
    ['with another app', { clientId: 'other' }, null, false],
    ['of another account', { accountId: 's2' }, null, false],
    ['on another platform', { platform: 'other' }, null, false],
    ['of another kind', { cause: 'checkpoint' }, null, false],
    ['on the page that is asked for', { assetId: 'p1' }, 'p1', true],
    ['on another page', { assetId: 'p1' }, 'p2', false],
    ['on a page, when nobody asks for one', { assetId: 'p1' }, null, false],
  ])('%s is found or not', (_name, one, assetId, found) => {
    expect(inForce(one).has('role-lost', concerned, assetId)).toBe(found);
  });

  it('is over when it is cured, and another of the account with one app is not', () => {
    const troubles = inForce({}, { clientId: 'sa' });
    expect(troubles.end(trouble({ clientId: 'sa' }), 2)).toBe(1);
    expect(troubles.has('role-lost', concerned)).toBe(true);
    expect(troubles.end(trouble(), 2)).toBe(1);
    expect(troubles.has('role-lost', concerned)).toBe(false);
    expect(troubles.end(trouble(), 3)).toBe(0);
  });

  it.each<[Trouble['stops'], number, number]>([
    ['nothing', 0, 0],
    ['renewal', 0, 1],
    ['everything', 1, 1],
  ])(
    'that stops %s keeps %d access tokens and %d refresh tokens from working, and is remembered',
    (stops, access, refresh) => {
      const troubles = inForce({ stops });
      troubles.end(trouble(), 7);
      const spans = (kind: 'access' | 'refresh') =>
        troubles.stopping(concerned, kind).map(({ from, to }) => [from, to]);
      expect([spans('access').length, spans('refresh').length]).toEqual([access, refresh]);
      expect(inForce({ stops: 'everything' }).stopping(concerned, 'access')).toMatchObject([{ from: 1, to: null }]);
      expect(spans('refresh')).toEqual(refresh === 1 ? [[1, 7]] : []);
    },
  );
});
