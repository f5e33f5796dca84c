import { expect, it } from 'vitest';
import { Sealed } from '../../src/core/sealed.ts';
import { createLoginMemory } from '../../src/platforms/login-memory.ts';

const login = (refresh: string) => ({ refresh: Sealed.of(refresh), obtainedAt: 0 });

it('remembers at most so many accounts, and forgets the one that was told longest ago', () => {
  const memory = createLoginMemory(2);
  const tell = (name: string) => memory.remember('x', login(name), { account: { id: name } });
  for (const name of ['one', 'two', 'one', 'three']) tell(name);
  const known = ['one', 'two', 'three'].map((name) => memory.recall('x', login(name)).account?.id);
  expect(known).toEqual(['one', undefined, 'three']);
});

it('keeps the logins of two platforms apart', () => {
  const memory = createLoginMemory();
  memory.remember('x', login('same'), { account: { id: '1' } });
  expect(memory.recall('y', login('same'))).toEqual({});
});
