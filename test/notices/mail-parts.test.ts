import { describe, expect, it } from 'vitest';
import { mailOf } from '../../src/notices/mail-parts.ts';
import { expiring, notice, recovered } from './notice.ts';

describe('a mail of one notice', () => {
  it('tells in plain text why, since when, what works until when, what to do and where', () => {
    const { subject, text } = mailOf([notice()]);
    expect(subject).toBe('Twitch @mainstage has to be connected again');
    expect(text).toBe(`Twitch @mainstage has to be connected again

Why        Twitch rejected the stored login: the app was disconnected in the
           settings of mainstage, or the password was changed.
Since      25 November 2026 at 21:42 UTC
Works now  Streams keep their access until 25 November 2026 at 23:42 UTC.
To do      Dana Reyes has to connect the channel again. Use the login that
           is assigned to this account, and sign in to the right account
           before you continue.
Account    Twitch @mainstage (id 141981764)
Channel    main-stage/main-stage-twitch
Owner      Dana Reyes
Page       https://connect.example.com/c/main-stage/main-stage-twitch

-- 
You get this as the owner of a channel in social-channel-operator, or as the address that gets copies. The link holds no secret; the page behind it tells whose account it wants before anything happens.
`);
  });

  it('has the same in HTML, with a button', () => {
    const { html } = mailOf([notice()]);
    for (const said of ['25 November 2026 at 21:42 UTC', '141981764', 'Dana Reyes has to connect'])
      expect(html).toContain(said);
    expect(html).toContain('<a class="button" href="https://connect.example.com/c/main-stage/main-stage-twitch">');
  });

  it('asks for no new login where the owner has to do something at the platform itself', () => {
    const remedy = 'Dana Reyes has to look into it at Facebook; the login stays good, and nobody needs to reconnect.';
    const blocked = expiring({ reason: 'SpamBlocked', remedy, deadlineAt: undefined, reconnectURL: undefined });
    const { subject, text, html } = mailOf([blocked]);
    expect(subject).toBe('Facebook Main Stage: something waits for you at the platform');
    expect(text.replace(/\s+/g, ' ')).toContain(`To do ${remedy} Account`);
    expect(html).not.toContain('class="button"');
  });

  it('names the day before which somebody is needed', () => {
    expect(mailOf([expiring()]).subject).toBe('Connect Facebook Main Stage again soon, before 2 December 2026');
  });

  it('asks nobody for anything after a recovery', () => {
    const { text, html } = mailOf([recovered()]);
    expect(text).toContain('Nothing is to be done.');
    expect(html).not.toContain('class="button"');
  });

  it('says whom to ask where no page answers', () => {
    const { text } = mailOf([notice({ reconnectURL: undefined })]);
    expect(text.replace(/\s+/g, ' ')).toContain('name the channel main-stage/main-stage-twitch.');
  });

  it('says that pods have nothing where the token is dead', () => {
    expect(mailOf([notice({ token: { works: false } })]).text).toContain('the access token that streams had is dead');
  });

  it('takes names for text, never for markup or for an address that runs something', () => {
    const evil = notice({
      account: { id: '1', handle: '<img src=x onerror=alert(1)>' },
      owner: { name: '<b>Dana</b>', email: 'dana@example.com' },
      reconnectURL: 'javascript:alert(1)',
    });
    const { html } = mailOf([evil]);
    expect(html).not.toMatch(/<img|<b>|javascript:/);
    expect(html).toContain('&lt;img');
  });
});

describe('a digest', () => {
  const mail = mailOf([recovered(), expiring(), notice()]);

  it('has the most urgent first', () => {
    const places = ['main-stage-twitch', 'main-stage-facebook', 'main-stage-youtube'].map((name) =>
      mail.text.indexOf(name),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.every((place) => place > 0)).toBe(true);
  });

  it('says in its subject how many need a person', () => {
    expect(mail.subject).toBe('1 of 3 channels have to be connected again');
    expect(mailOf([expiring(), recovered()]).subject).toBe('News of 2 channels');
  });
});
