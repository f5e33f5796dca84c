import { withBareNumbers } from './json-text.ts';
import type { App } from './model.ts';
import type { Answer } from './platform.ts';

const texts: Readonly<Record<string, string>> = {
  app_unknown: 'We know no app of this key.',
  app_word_wrong: 'This is not the secret of the app.',
  app_shut: 'The app was shut.',
  odd_request: 'The request is not as we like it.',
  code_dead: 'The code is used, late, or none of ours.',
  renewal_key_dead: 'The renewal key is dead.',
  renewal_key_stale: 'Nobody used the renewal key for ninety days.',
  consent_over: 'The consent is a year old.',
  member_changed_password: 'The member has a new password.',
  member_left_app: 'The member left the app.',
  member_gone: 'The member is gone.',
  member_barred: 'The member is barred.',
  member_must_sign_in: 'The member must sign in and say who it is.',
  member_flagged: 'The spam filter has its eye on the member.',
  pass_dead: 'The pass is dead.',
  not_allowed: 'The pass does not allow this.',
  too_many: 'That was too much at once.',
};

/** Failures have status 200. A page instead of JSON where the app is told to see one. */
export function refusal(app: App | null, word: string): Answer {
  const text = texts[word];
  if (text === undefined) {
    throw new Error(`odd has no word "${word}"`);
  }
  if (app?.quirks.includes('html-refusals')) {
    const body = `<!doctype html><html><head><title>Odd</title></head><body><h1>${text}</h1></body></html>`;
    return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body };
  }
  const wait = word === 'too_many' ? { wait_ms: 30_000 } : {};
  return { status: 200, body: { ok: false, reason: { word, text, ...wait } } };
}

/** @param numbers members of digits that go out as numbers */
export const done = (data: object, numbers: readonly string[] = []): Answer => {
  return { status: 200, body: withBareNumbers({ ok: true, data }, numbers) };
};
