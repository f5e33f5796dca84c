import { describe, expect, it } from 'vitest';
import { held, play } from './rows.ts';
import { tables } from './tables.ts';

const secrets = [held.access, held.refresh, held.secret, 'new-access', 'new-refresh'];

describe.each(tables)('$platform.spec.displayName', ({ platform, rows }) => {
  it.each(rows)('$call: $name', async (row) => {
    const { seen, message = '', sent } = await play(platform, row);
    expect(seen).toEqual(row.want);
    expect(message).toContain(row.says ?? '');
    if (row.sent !== undefined) {
      expect(sent.map(({ method, url, headers, body }) => ({ method, url, headers, body }))).toEqual(row.sent);
    }
    for (const secret of secrets) {
      expect(message).not.toContain(secret);
      expect(sent.map(({ url }) => url).join()).not.toContain(secret);
    }
  });
});
