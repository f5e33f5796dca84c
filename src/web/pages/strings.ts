// A flat table: every English word of the pages. A translation is another table of the same shape.
import type { Refusal } from '../../core/consent.ts';

interface Word {
  readonly title: string;
  readonly text: string;
}

export const strings = {
  language: 'en',
  /** How dates are written. */
  locale: 'en-GB',
  now: 'now',
  product: 'Channel connections',
  skip: 'Skip to the content',
  signedInAs: (name: string) => `Signed in as ${name}`,
  invitedVisitor: 'Here by invitation',
  signOut: 'Sign out',
  allChannels: 'All channels',
  requestId: (id: string) => `Request ${id}. Tell it to whoever looks after this page if you ask for help.`,
  technicalDetails: 'Details',

  states: {
    Pending: 'Not connected yet',
    Connected: 'Connected',
    Expiring: 'Ends soon',
    NeedsReauth: 'Needs a person',
  },
  unknownState: 'Not looked at yet',

  channel: {
    here: 'on this page',
    since: 'Since',
    works: 'Still works until',
    worksNot: 'Nothing: there is no valid access right now',
    worksEnd: (when: string) => `${when}, when the current access ends`,
    worksNoEnd: 'No end is known',
    deadline: 'A person is needed by',
    owner: 'Who connects it',
    ownerNobody: 'Nobody is named; everybody who may connect this namespace can',
    platform: 'Platform',
    account: 'Account',
    accountAny: 'Not decided yet: the first account that is connected, once you confirm it',
    accountId: (id: string) => `id ${id}`,
    namespace: 'Namespace',
    app: 'App',
    appAt: (name: string, namespace: string) => `${name} (namespace ${namespace})`,
    requester: 'Asked for by',
    requesterYou: (name: string) => `You, ${name}`,
    requesterInvitation: (note: string) => `An invitation: “${note}”`,
    requesterInvitationPlain: 'An invitation by somebody who looks after this channel',
    first: 'Before you continue',
    firstLogin: (platform: string, account: string) =>
      `Log in to ${platform} with your own login, the one that can act for ${account}. In this browser another login may be active: check it there first.`,
    firstLoginAny: (platform: string) =>
      `Log in to ${platform} with the login of the account that this channel is to use. You will see the account before anything is stored.`,
    firstTwoFactor: 'Have two-factor login switched on, and the second device at hand.',
    before: (app: string, namespace: string, platform: string) =>
      `You let the app ${app} of namespace ${namespace} act for you on ${platform}. Go on only if you know what this channel is for.`,
    continue: (platform: string) => `Continue with ${platform}`,
    continueNote: (platform: string) =>
      `You go to ${platform}, agree there, and come back here. This must be done within 10 minutes, in this browser.`,
    history: 'History',
    historyNone: 'Nothing has happened yet.',
    cannot: {
      NotInGroup: 'You may look at this channel, but not connect it. The groups that may are set by the administrator.',
      NotOwner: (owner: string) => `Only ${owner} may connect this channel. You are signed in as somebody else.`,
      EmailUnverified: (owner: string) =>
        `Only ${owner} may connect this channel. That is your address, but the sign-in server does not vouch for it.`,
      Borrows: (lender: string) =>
        `This channel lives from the login of channel ${lender}. Connect that one, and this one goes on too.`,
      Platform: 'This channel cannot be connected by a person in a browser.',
    },
  },

  advice: {
    theAccount: 'the account',
    role: (platform: string, account: string) =>
      `Your own login at ${platform} needs a role on ${account} that may publish there. Whoever manages it can give you one.`,
    pick: (platform: string, account: string) =>
      `When ${platform} asks which pages or organisations to share, leave ${account} chosen, and what was chosen before.`,
    allScopes: 'Leave every permission switched on; the channel needs each of them.',
    onePerson: (platform: string) =>
      `If you connect several channels at ${platform}, use the same login for all of them, and never disconnect the app there.`,
  },

  conditions: {
    Ready: { True: 'Ready', False: 'Not ready', Unknown: 'Not known whether ready' },
    TokenValid: { True: 'Access valid', False: 'No valid access', Unknown: 'Not known whether access is valid' },
    ReauthRequired: {
      True: 'A person is needed',
      False: 'Nobody is needed',
      Unknown: 'Not known whether anybody is needed',
    },
    SecretProjected: {
      True: 'Pods have the access token',
      False: 'Pods lack the access token',
      Unknown: 'Not known what pods have',
    },
    Stalled: { True: 'Held up', False: 'Going on', Unknown: 'Not known whether it goes on' },
    WorkloadsRestarted: {
      True: 'Restarted with the access token',
      False: 'Not restarted yet',
      Unknown: 'Not known whether restarted',
    },
  },

  going: {
    title: (place: string) => `On to ${place}`,
    text: (place: string) => `You are taken to ${place}.`,
    link: (place: string) => `Go to ${place}`,
  },

  result: {
    back: 'Back to the channel',
    again: 'Try again',
    expected: 'This channel belongs to',
    found: 'You came back as',
    unnamed: 'no name told',
    connected: {
      title: 'Connected',
      text: (channel: string) =>
        `${channel} is connected. Pods get the new access token within seconds; you can close this page.`,
      account: 'Account',
      at: 'Since',
    },
    unknown: {
      title: 'We cannot look right now',
      text: 'What became of your consent cannot be looked up at this moment. Nothing is lost by waiting.',
      note: 'This page looks again by itself every 5 seconds.',
    },
    working: {
      title: 'One moment',
      text: 'Your consent has arrived and is being checked.',
      note: 'This page looks again by itself every 2 seconds. You may also close it: the work goes on.',
      look: 'Look again',
    },
    waiting: {
      title: (platform: string) => `Waiting for ${platform}`,
      text: (platform: string) => `You have not come back from ${platform} yet. Finish there, or start anew.`,
      until: 'What you began can be finished until',
    },
    confirm: {
      title: 'Is this the right account?',
      text: (channel: string) =>
        `Nothing is connected yet. ${channel} will belong to this account, and later only to this one.`,
      yes: (handle: string) => `Yes, connect ${handle}`,
      no: 'No, give it back',
      until: 'Nothing is connected without an answer by',
    },
    wrongAccount: {
      title: 'This is another account',
      text: 'Nothing was changed: the channel keeps the login that it had.',
      how: 'What to do',
      steps: (platform: string, handle: string) => [
        `Open ${platform} in this browser and log out there.`,
        `Log in to ${platform} again, as ${handle}.`,
        'Come back to the channel and continue.',
      ],
      discard: 'Give back what I just granted',
      discardNote: (platform: string) =>
        `What you granted a moment ago goes back to ${platform}, and nobody can use it.`,
      kept: (platform: string) =>
        `What you just granted cannot be given back from here without ending another connection. You can end it in the settings of ${platform}.`,
    },
    scopesMissing: {
      title: 'Some permissions are missing',
      stored:
        'The channel is connected with what you gave, because the platform had ended the earlier login. Until the rest is granted, this does not work:',
      notStored:
        'Nothing was changed: the channel keeps the login that it had. These permissions were not granted, and what needs them would stop working:',
      how: (platform: string) => `Continue again and leave every permission switched on that ${platform} shows.`,
    },
    denied: {
      title: 'You did not agree',
      text: (platform: string) => `${platform} says that the consent was refused or cancelled. Nothing was changed.`,
    },
    failed: {
      title: 'It did not work this time',
      kept: 'Your consent is kept safe. The operator goes on by itself as soon as it can; you need not do it again. This page looks again every 10 seconds.',
      notKept: 'Nothing was changed here. Please try again in a few minutes.',
    },
    discarded: {
      revoked: {
        title: 'Given back',
        text: 'What you granted was thrown away and given back to the platform: nobody can use it. Nothing was changed.',
      },
      kept: {
        title: 'Thrown away',
        text: 'What you granted was thrown away here. The platform still lists the app; you can remove it in its settings, unless another channel uses it.',
      },
    },
  },

  refusals: {
    Unknown: {
      title: 'This link is not known',
      text: 'There is no such consent, or a newer one has taken its place. Nothing was changed.',
    },
    Expired: { title: 'Too late', text: 'More than 10 minutes have passed since you began. Nothing was changed.' },
    Used: {
      title: 'This link was used already',
      text: 'An answer of the platform counts once. What came of it stands on the page of the channel.',
    },
    Foreign: {
      title: 'This answer does not belong to you',
      text: 'It was not begun in this browser by the person who is signed in. Nothing was changed. If you did not begin anything, somebody may have sent you a link: do not continue.',
    },
    Superseded: {
      title: 'A newer login came first',
      text: 'Meanwhile the channel got a newer login. It was kept, and yours was not needed.',
    },
    Denied: {
      title: 'You did not agree',
      text: 'The consent was refused or cancelled at the platform. Nothing was changed.',
    },
    Changed: {
      title: 'The channel was changed',
      text: 'The channel, its namespace or its app is not the one that you began with. Nothing was changed. Look at the channel and begin anew.',
    },
  } satisfies Record<Refusal, Word>,

  notBegun: { title: 'It could not be started', text: 'You were not sent to the platform, and nothing was changed.' },

  noConsent: {
    title: 'This browser began nothing',
    text: 'The platform sent you here, but this browser has no consent that fits. Cookies may be off, ten minutes may have passed, or it was begun in another browser. Nothing was changed. If you did not begin anything, close this page.',
  },

  fleet: {
    title: 'Channels',
    summary: (count: number, shown: string) =>
      `${count} ${count === 1 ? 'channel' : 'channels'}, most urgent first${shown}`,
    shown: (from: number, to: number) => `; ${from} to ${to} shown`,
    none: 'No channel fits.',
    filters: 'Filters',
    any: 'any',
    state: 'State',
    platform: 'Platform',
    owner: 'Owner',
    namespace: 'Namespace',
    apply: 'Show',
    reset: 'All channels',
    noOwner: 'no owner',
    columns: {
      channel: 'Channel',
      state: 'State',
      account: 'Account',
      owner: 'Owner',
      until: 'A person is needed by',
      why: 'Why',
    },
    nobody: 'nobody so far',
    earlier: 'More urgent',
    later: 'Less urgent',
    clock: {
      title: 'Who has to act',
      now: 'now',
      within: (days: number) => `in ${days} days`,
      people: (names: string) => names,
      nobody: 'nobody',
      more: (count: number) => `and ${count} more`,
      picture: (count: number) =>
        `Time line of the next 90 days with ${count} ${count === 1 ? 'channel' : 'channels'} that will need a person.`,
      today: 'today',
      days: (days: number) => `${days} days`,
      mark: (count: number, day: string) => `${day}: ${count}`,
    },
  },

  signIn: {
    title: 'Sign in',
    text: 'These pages are for people of this team. Sign in to see whether you may connect this channel.',
    button: 'Sign in',
    note: (host: string) => `You go to ${host} and come back here.`,
    none: {
      title: 'Nobody can sign in here',
      text: 'The administrator has set up no sign-in. Ask for an invitation link, or for a sign-in to be set up.',
    },
    failed: {
      Unavailable: {
        title: 'The sign-in server is away',
        text: 'You could not be signed in, because the sign-in server did not answer as it should. Please try again in a few minutes.',
      },
      Denied: {
        title: 'You were not signed in',
        text: 'The sign-in server says no, or you cancelled. You can try again.',
      },
      NotGenuine: {
        title: 'You were not signed in',
        text: 'The answer of the sign-in server does not fit what this browser began. Please begin again, here.',
      },
    },
    again: 'Sign in again',
  },
  signedOut: {
    title: 'Signed out',
    text: 'You are signed out here. You may still be signed in at the sign-in server and at the platforms.',
    everywhere: (host: string) => `Sign out at ${host} too`,
  },
  notAllowed: {
    title: 'Not allowed',
    text: (name: string, namespace: string) =>
      `You are signed in as ${name}. None of your groups may see the channels of namespace ${namespace}.`,
    fleet: (name: string) => `You are signed in as ${name}. None of your groups may see channels here.`,
    invited: 'Your invitation is for another channel.',
    how: 'If you should be able to, ask the administrator of this operator to add one of your groups. If you have another login, sign out and sign in with that one.',
  },
  notFound: {
    title: 'Not found',
    text: 'There is no such page or channel. The link may be old, or the channel was deleted.',
  },
  wrongMethod: { title: 'This does not work like that', text: 'This address does not take such a request.' },
  notSameOrigin: {
    title: 'Please do that on the page itself',
    text: 'The request did not come from a page of this site that was opened in this session, so nothing was done. Open the channel again and press the button there.',
  },
  limited: {
    title: 'Too many requests',
    text: (seconds: number) => `Please wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'} and try again.`,
  },
  tooLarge: { title: 'Too large', text: 'The request is larger than anything that belongs here.' },
  timedOut: {
    title: 'That took too long',
    text: 'There is no answer yet. If you just came back from a platform, your consent may still be on its way: look at the channel again in a minute.',
  },
  away: {
    title: 'Not at this moment',
    text: 'Something that this page needs does not answer. Nothing is lost; please try again in a minute.',
  },
  failed: {
    title: 'Something went wrong',
    text: 'This is a fault of this page, not of yours. Nothing that you did is lost; please try again.',
  },

  invitation: {
    title: 'You are invited to connect a channel',
    text: 'Somebody who looks after this channel asks you to connect it.',
    open: 'Open the channel',
    until: 'The invitation holds until',
    bad: {
      Forged: {
        title: 'This invitation is not genuine',
        text: 'The link is incomplete or was changed. Ask for a new one.',
      },
      Expired: { title: 'This invitation is too old', text: 'Ask whoever sent it for a new one.' },
      Used: {
        title: 'This invitation was used',
        text: 'An invitation connects a channel once. If the channel needs you again, you will get a new one.',
      },
      Replaced: {
        title: 'There is a newer invitation',
        text: 'This one counts no more, because a newer one was made. Use that one.',
      },
    } satisfies Record<string, Word>,
  },
} as const;
