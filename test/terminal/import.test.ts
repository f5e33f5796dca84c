import { describe, expect, it } from 'vitest';
import { CliError } from '../../src/cli/exit.ts';
import { redactedText, understand, understoodText } from '../../src/cli/import-text.ts';
import { readTokens } from '../../src/cli/token-input.ts';
import { look, nowAt } from './look.ts';

const secret = 'canary-5f1d';

function read(text: string) {
  const { data, notes } = readTokens(text);
  return { data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value.reveal()])), notes };
}

describe('tokens as people have them', () => {
  it.each<[string, string, Record<string, string>]>([
    ['JSON', '{"access_token":"a","refresh_token":"r"}', { access_token: 'a', refresh_token: 'r' }],
    [
      'lines',
      '# mine\naccess_token=a\n\nexport refresh_token = "r=="\r\n',
      { access_token: 'a', refresh_token: 'r==' },
    ],
    ['a byte order mark', '\uFEFFaccess_token=a', { access_token: 'a' }],
    [
      'the answer of a token endpoint with the moment of it',
      '{"access_token":"a","token_type":"bearer","expires_in":3600,"scope":"x y","obtained_at":"2026-03-01T20:00:00Z"}',
      { access_token: 'a', obtained_at: '2026-03-01T20:00:00Z', expires_at: '2026-03-01T21:00:00Z', scopes: 'x y' },
    ],
    [
      'scopes with commas, and as a list',
      '{"access_token":"a","scope":["x","y"]}',
      { access_token: 'a', scopes: 'x y' },
    ],
    [
      'seconds since 1970',
      '{"refresh_token":"r","expires_at":1772401680}',
      { refresh_token: 'r', expires_at: '2026-03-01T21:48:00Z' },
    ],
    [
      'milliseconds, as text',
      'refresh_token=r\nexpires_at=1772401680000',
      { refresh_token: 'r', expires_at: '2026-03-01T21:48:00Z' },
    ],
    [
      'ids of digits alone, which are no instants',
      '{"refresh_token":"r","account_id":1772401680}',
      { refresh_token: 'r', account_id: '1772401680' },
    ],
    ['extras as an object', '{"refresh_token":"r","extras":{"shop":"1"}}', { refresh_token: 'r', 'extras.shop': '1' }],
    ['nothing behind a key', '{"access_token":"a","refresh_token":null,"scopes":""}', { access_token: 'a' }],
  ])('%s', (_, text, expected) => {
    expect(read(text).data).toEqual(expected);
  });

  it('leave out what is no part of a login, and say so', () => {
    expect(read('{"access_token":"a","client_name":"x"}')).toEqual({
      data: { access_token: 'a' },
      notes: ['client_name is left out: it is no part of a login.'],
    });
    expect(read('{"access_token":"a","expires_in":3600}').notes[0]).toContain('expires_in is left out');
  });

  it.each([
    ['nothing', '  \n', 'The input is empty.'],
    ['half of JSON', `{"access_token":"${secret}"`, 'The input begins like JSON and is none.'],
    ['a list', `[{"access_token":"${secret}"}]`, 'Line 1 of the input is not key=value.'],
    ['a token alone', secret, 'Line 1 of the input is not key=value.'],
    ['a key twice', `access_token=${secret}\naccess_token=${secret}`, 'Line 2 of the input repeats access_token.'],
    ['a slip', `acces_token=${secret}`, '"acces_token" is not known; did you mean "access_token"?'],
    ['a token that is none', `{"access_token":["${secret}"]}`, 'access_token is no text'],
    [
      'an id that JSON cuts',
      '{"refresh_token":"r","account_id":17841400000000001}',
      'account_id is no text (put long numbers into quotes)',
    ],
  ])('%s is refused, without a value in the message', (_, text, message) => {
    const refused = thrownBy(() => read(text));
    expect(refused.exit).toBe('Usage');
    expect(refused.message).toContain(message);
    expect(refused.message).not.toContain(secret);
  });
});

function thrownBy(work: () => unknown): CliError {
  try {
    work();
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('what was understood', () => {
  it('names every problem at once, by the rules of the operator', () => {
    const input = readTokens(`obtained_at=soon\nexpires_at=${secret}\nextras.Shop=1`);
    const { message } = thrownBy(() => understand(input, 'a', nowAt));
    expect(message).toBe(
      'The input cannot be imported: obtained_at is no RFC 3339 instant; expires_at is no RFC 3339 instant; neither access_token nor refresh_token is there; extras.Shop names nothing that a platform can ask for (a small letter, then letters, digits and "_"). Nothing was written.',
    );
  });

  it('is told without values, and so is the Secret', () => {
    const input = readTokens(
      `refresh_token=${secret}\naccess_token=${secret}\naccount_id=77\nscopes=b a\nexpires_at=2026-03-01T22:48:00Z`,
    );
    const told = understoodText(understand(input, 'a', nowAt), input.notes, look());
    expect(told).toBe(
      `Understood:
  access token   present, ends 22:48 (in 1h)
  refresh token  present
  obtained       21:48 (now)
  consented      21:48 (now)
  scopes         a b
  account id     77
`,
    );
    const shown = redactedText({ namespace: 'main-stage', name: 'tokens' }, input);
    expect(shown).toContain('socialops.dev/use: "true"');
    expect(shown).toContain('refresh_token: "[redacted]"');
    expect(told + shown).not.toContain(secret);
  });

  it('says that a token of unknown age is renewed at once', () => {
    const input = readTokens('{"access_token":"a","refresh_token":"r"}');
    expect(understoodText(understand(input, 'a', nowAt), [], look())).toContain(
      'present, of unknown age: renewed at once',
    );
  });
});
