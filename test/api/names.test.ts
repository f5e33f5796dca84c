import { describe, expect, it } from 'vitest';
import { defaultSecretName, grantVersion, parseGrantVersion, secretNameOf } from '../../src/api/names.ts';

describe('grantVersion', () => {
  it('is read back as it was written', () => {
    expect(parseGrantVersion(grantVersion(3, 1_234))).toEqual({ epoch: 3, generation: 1_234 });
  });

  it.each([[undefined], [''], ['3'], ['3.'], ['.3'], ['3.4.5'], ['-1.4'], ['3.4 '], ['a.b'], ['9999999999999999.1']])(
    '%j is not read',
    (text) => {
      expect(parseGrantVersion(text)).toBeUndefined();
    },
  );
});

describe('the name of the projected Secret', () => {
  it('follows from the channel', () => {
    expect(defaultSecretName('main-stage-twitch')).toBe('main-stage-twitch-token');
    expect(secretNameOf({ metadata: { name: 'main-stage-twitch' }, spec: { secret: {} } })).toBe(
      'main-stage-twitch-token',
    );
  });

  it('is the one in spec where there is one', () => {
    expect(secretNameOf({ metadata: { name: 'main-stage-twitch' }, spec: { secret: { name: 'encoder' } } })).toBe(
      'encoder',
    );
  });
});
