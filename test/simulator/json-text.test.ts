import { describe, expect, it } from 'vitest';
import { withBareNumbers } from './json-text.ts';
import { runWithSample, samplePaths } from './sample-platform.ts';

describe('a body with bare numbers', () => {
  it('has its long ids without quotes, at any depth, and everything else as it was', () => {
    const body = { user_id: '17841405822304915', data: [{ user_id: '1' }], note: '"user_id":"2"', id: '3' };
    expect(withBareNumbers(body, ['user_id']).text).toBe(
      '{"user_id":17841405822304915,"data":[{"user_id":1}],"note":"\\"user_id\\":\\"2\\"","id":"3"}',
    );
  });

  it.each<[string, object]>([
    ['no such member', { id: '1' }],
    ['letters in it', { user_id: '1a' }],
  ])('is refused with %s', (_name, body) => {
    expect(() => withBareNumbers(body, ['user_id'])).toThrow('no member "user_id" of digits');
  });

  it('arrives as JSON, digit by digit', async () => {
    const simulator = await runWithSample();
    const answer = await simulator.wire.get(samplePaths.number);
    expect(answer.text).toBe('{"user_id":17841405822304915}');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    await simulator.stop();
  });
});
