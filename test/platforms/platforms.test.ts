import { describe, expect, it } from 'vitest';
import { definitionProblem } from '../../src/platforms/definition.ts';
import { play } from './play.ts';
import { held } from './rows.ts';
import { tables } from './tables.ts';

const secrets = [held.access, held.refresh, held.secret, held.tokenSecret, held.code, 'new-access', 'new-refresh'];

describe.each(tables)('$platform.spec.displayName', ({ platform, rows }) => {
  const isSecretInURL = JSON.stringify([platform.spec, platform.variants]).includes('"allowSecretInURL":true');

  it('can be used as it is declared', () => {
    expect(definitionProblem(platform.spec)).toBeUndefined();
  });

  it.each(rows)('$call: $name', async (row) => {
    const { seen, message = '', sent } = await play(platform, row);
    expect(seen).toEqual(row.want);
    expect(message).toContain(row.says ?? '');
    if (row.sent !== undefined) {
      expect(sent.map(({ method, url, headers, body }) => ({ method, url, headers, body }))).toEqual(row.sent);
    }
    for (const secret of secrets) {
      expect(message).not.toContain(secret);
      if (!isSecretInURL) expect(sent.map(({ url }) => url).join()).not.toContain(secret);
    }
  });
});
