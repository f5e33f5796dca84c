import { type ExitCode, exitCodes } from './exit.ts';
import { type Forecast, forecastOf, forecastText, type Item } from './forecast-items.ts';
import { actorText, ownerText } from './people.ts';
import { listChannels, type Session } from './session.ts';
import { DAY } from './text.ts';

export interface ForecastOptions {
  readonly days: number;
  readonly output: 'table' | 'ical' | 'json';
}

/** Prints who must act when. It always ends well: it tells the future, `status` tells the present. */
export async function forecast(session: Session, { days, output }: ForecastOptions): Promise<ExitCode> {
  const look = session.look();
  const found = forecastOf(await listChannels(session), days, look.now);
  if (output === 'table') session.print(forecastText(found, session.isEverywhere, look));
  else if (output === 'json') session.print(`${JSON.stringify(rowsOf(found), null, 2)}\n`);
  else session.print(await calendarText(found, look.now));
  return exitCodes.Fine;
}

function rowsOf({ items }: Forecast): object[] {
  return items.map(({ channel, at, isDue, who, why }) => ({
    namespace: channel.metadata.namespace,
    name: channel.metadata.name,
    at: new Date(at).toISOString(),
    isDue,
    who,
    email: channel.spec.owner?.email,
    platform: channel.status?.platform,
    why,
    reconnectURL: channel.status?.reconnectURL,
  }));
}

/** iCalendar (RFC 5545): an event for each moment, with a reminder a week ahead. The same moment keeps its uid. */
export async function calendarText({ items }: Forecast, now: number): Promise<string> {
  // Loaded here alone: every other command starts sooner without it.
  const { default: ical, ICalAlarmType } = await import('ical-generator');
  const calendar = ical({ name: 'Social channels: who has to reconnect', prodId: '//socialops.dev//forecast//EN' });
  for (const item of items) {
    const { channel, at, isDue } = item;
    const { namespace, name, uid = `${namespace}.${name}` } = channel.metadata;
    const url = channel.status?.reconnectURL;
    const event = calendar.createEvent({
      // What is due has no day of its own: with one it would be another entry in each calendar that is made.
      id: `${uid}-${isDue ? 'due' : new Date(at).toISOString().slice(0, 10)}@socialops.dev`,
      stamp: new Date(now),
      start: new Date(at),
      end: new Date(at + 30 * 60_000),
      summary: `${isDue ? 'Overdue' : 'Reconnect'}: ${namespace}/${name} (${channel.status?.platform ?? 'not connected'})`,
      description: detailsOf(item),
      ...(url === undefined ? {} : { url }),
    });
    if (!isDue)
      event.createAlarm({
        type: ICalAlarmType.display,
        trigger: (7 * DAY) / 1000,
        description: 'Reconnect within a week',
      });
  }
  return `${calendar.toString()}\r\n`;
}

function detailsOf({ channel, why, isDue }: Item): string {
  const who = isDue ? actorText(channel) : (ownerText(channel) ?? 'the owner of the account');
  const what = isDue ? `Reason: ${why}.` : `At this moment ${why}. Connect the channel again before it.`;
  return `${who}: ${what}`;
}
