import { describe, expect, it } from 'vitest';
import { sampleChannel, sampleChannels } from '../../scripts/cli-samples.ts';
import { calendarText } from '../../src/cli/forecast.ts';
import { forecastOf, forecastText } from '../../src/cli/forecast-items.ts';
import { ahead, day, look, nowAt } from './look.ts';

const deadline = (name: string, days: number) =>
  sampleChannel(
    name,
    { ready: 'True' },
    {
      state: 'Connected',
      reason: 'Healthy',
      platform: 'video',
      deadlineTime: ahead(days * day),
      deadlineReason: 'RefreshTokenEnds',
    },
  );

describe('who must act when', () => {
  it('has first what is due now, then each end within the days, and counts the rest', () => {
    const found = forecastOf([...sampleChannels, deadline('on-the-day', 30), deadline('a-day-later', 31)], 30, nowAt);
    const told = found.items.map(({ channel, isDue }) => `${channel.metadata.name}${isDue ? '!' : ''}`);
    expect(told).toEqual(['main-stage-twitch!', 'archive!', 'clips-tiktok!', 'press-linkedin', 'on-the-day']);
    expect(found).toMatchObject({ later: 2, open: 1 });
  });

  it('is a table for people', () => {
    const text = forecastText(forecastOf([deadline('show', 12), sampleChannels[4] as never], 30, nowAt), true, look());
    expect(text).toBe(
      `WHEN        IN   WHO         CHANNEL                       PLATFORM  WHY
now              Dana Reyes  main-stage/main-stage-twitch  twitch    AccessRevoked
2026-03-13  12d  Dana Reyes  main-stage/show               video     the refresh token ends

0 channels after that; of 0 channels no end is known.
`,
    );
    expect(forecastText(forecastOf([], 90, nowAt), false, look())).toBe(
      'Nobody has to act within 90 days. 0 channels after that; of 0 channels no end is known.\n',
    );
  });
});

describe('the calendar', () => {
  const calendar = async (at: number) =>
    await calendarText(forecastOf([...sampleChannels, deadline('show', 12)], 30, at), at);

  it('is iCalendar: CRLF, lines of 75 octets at most, one entry for each moment, a reminder a week ahead', async () => {
    const text = await calendar(nowAt);
    expect(text.startsWith('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n')).toBe(true);
    expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(text.match(/^BEGIN:VEVENT/gm)).toHaveLength(5);
    const show = text.split('BEGIN:VEVENT').find((event) => event.includes('main-stage/show'));
    expect(show).toContain('DTSTART:20260313T214800Z');
    expect(show).toContain('TRIGGER:-P7D');
    expect(show?.replaceAll('\r\n ', '')).toContain(
      'DESCRIPTION:Dana Reyes <dana@example.com>: At this moment the refresh token ends.',
    );
  });

  it('gives the same entries when it is made again, so that no calendar has them twice', async () => {
    const ids = async (at: number) => (await calendar(at)).match(/^UID:.*$/gm);
    expect(await ids(nowAt + day)).toEqual(await ids(nowAt));
  });
});
