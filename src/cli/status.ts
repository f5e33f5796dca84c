import { stringify } from 'yaml';
import type { SocialChannel } from '../api/resources.gen.ts';
import type { ExitCode } from './exit.ts';
import { exitCodes } from './exit.ts';
import { isPersonNeeded } from './people.ts';
import { listChannels, placeText, type Session } from './session.ts';
import { statusText } from './status-table.ts';
import { byUrgency } from './urgency.ts';

export type StatusOutput = 'table' | 'wide' | 'json' | 'yaml' | 'name';

export async function status(session: Session, output: StatusOutput): Promise<ExitCode> {
  const channels = await listChannels(session);
  session.print(statusOutput(channels, output, session));
  if (channels.length === 0 && output !== 'json' && output !== 'yaml')
    session.note(
      `There is no SocialChannel in ${placeText(session)}.${session.isEverywhere ? '' : ' All namespaces: -A'}`,
    );
  return channels.some(isPersonNeeded) ? exitCodes.PersonNeeded : exitCodes.Fine;
}

function statusOutput(channels: readonly SocialChannel[], output: StatusOutput, session: Session): string {
  switch (output) {
    case 'json':
      return `${JSON.stringify(listOf(channels), null, 2)}\n`;
    case 'yaml':
      return stringify(listOf(channels));
    case 'name':
      return byUrgency(channels)
        .map(({ metadata }) => `${session.isEverywhere ? `${metadata.namespace}/` : ''}${metadata.name}\n`)
        .join('');
    case 'table':
    case 'wide':
      return channels.length === 0
        ? ''
        : statusText(channels, { isWide: output === 'wide', withNamespace: session.isEverywhere }, session.look());
  }
}

/** As `kubectl get -o json` has it, in the order of urgency, without the bookkeeping of writers. */
function listOf(channels: readonly SocialChannel[]): object {
  const items = byUrgency(channels).map((channel) => {
    const { managedFields: _, ...metadata } = channel.metadata as SocialChannel['metadata'] & {
      managedFields?: unknown;
    };
    // Items of a list come without their type.
    return { ...channel, apiVersion: 'socialops.dev/v1alpha1', kind: 'SocialChannel', metadata };
  });
  return { apiVersion: 'v1', kind: 'List', items };
}
