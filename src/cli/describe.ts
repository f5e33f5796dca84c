import { type ExitCode, exitCodes } from './exit.ts';
import { isPersonNeeded } from './people.ts';
import { getChannel, type Session } from './session.ts';
import { storyText } from './story.ts';

export async function describe(session: Session, name: string): Promise<ExitCode> {
  const channel = await getChannel(session, name);
  session.print(storyText(channel, session.look()));
  return isPersonNeeded(channel) ? exitCodes.PersonNeeded : exitCodes.Fine;
}
