import type { SocialChannel } from '../../src/api/resources.gen.ts';
import type { ApiServer, Request } from '../../src/cli/api-server.ts';
import type { Session } from '../../src/cli/session.ts';
import { flat, look, nowAt } from './look.ts';

export type Told = Partial<NonNullable<SocialChannel['status']>>;

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly waitedMs: number;
}

/** A session whose channel goes through these versions, one at each look; time passes only by waiting. */
export function scripted(...versions: readonly SocialChannel[]) {
  let at = 0;
  let now = nowAt;
  const printed: string[] = [];
  const asked: Request[] = [];
  const [first] = versions;
  if (first === undefined) throw new Error('A script has one version at least.');
  const api = {
    find: async () => {
      const version = versions[Math.min(at, versions.length - 1)];
      at += 1;
      return version;
    },
    call: async (request: Request) => {
      asked.push(request);
      return first;
    },
  } as unknown as ApiServer;
  const session: Session = {
    api,
    namespace: 'main-stage',
    isEverywhere: false,
    look: () => look({ now }),
    print: (text) => void printed.push(text),
    note: () => {},
    sleep: async (ms) => {
      now += ms;
    },
  };
  return {
    asked,
    run: async (command: (session: Session) => Promise<number>): Promise<Outcome> => {
      const code = await command(session);
      return { code, out: flat(printed.join('')), waitedMs: now - nowAt };
    },
  };
}

/** That channel with something else in its status. */
export function telling(channel: SocialChannel, told: Told): SocialChannel {
  return { ...channel, status: { ...channel.status, ...told } };
}
