import type { TokenSet } from '../../src/core/grant.ts';
import type { Platform } from '../../src/platforms/platform.ts';
import { play } from './play.ts';
import type { Question, Seen } from './rows.ts';
import { socialPlatform } from './social-platform.ts';

/** A platform that says no more than it must, and `more` (lines of YAML under spec). */
export function declared(more = '', token = '{ url: https://declared.example.com/token, clientAuth: Post }'): Platform {
  const { spec } = socialPlatform(`
metadata: { name: declared }
spec:
  displayName: Declared
  token: ${token}
  rotation: { mode: Always, oldToken: Dies }
${more
  .trim()
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`);
  return { name: 'declared', spec };
}

export function refresh(answer: Question['answers']['Token'], tokens: Partial<TokenSet> = {}): Question {
  return { name: '', call: 'refresh', answers: { Token: answer ?? { status: 200 } }, tokens, want: { kind: '' } };
}

export async function seenAfter(platform: Platform, row: Question): Promise<Seen> {
  return (await play(platform, row)).seen;
}
