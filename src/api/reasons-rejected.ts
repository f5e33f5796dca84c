import type { Explanation } from './reasons.ts';

/**
 * Reasons that end in NeedsReauth. They say what the field knows of lost grants: reference sections on error answers of
 * each platform (subcodes, sub-errors, texts, RFC 6749 section 5.2).
 */
export const rejected = {
  AccessRevoked: {
    who: 'Owner',
    what: '{platform} rejected the stored login: the app was disconnected in the settings of {account}, or the password was changed.',
    how: '{owner} has to connect the channel again.',
  },
  PasswordChanged: {
    who: 'Owner',
    what: '{platform} ended the stored login because the password or the user name of {account} was changed.',
    how: '{owner} has to connect the channel again with the new password.',
  },
  AppNotInstalled: {
    who: 'Owner',
    what: 'The app was removed from {account} in the settings of {platform}.',
    how: '{owner} has to connect the channel again.',
  },
  LoggedOut: {
    who: 'Owner',
    what: '{platform} ended the stored login because {account} was logged out there.',
    how: '{owner} has to connect the channel again; logging out of other devices at {platform} ends this login too.',
  },
  RefreshTokenExpired: {
    who: 'Owner',
    what: 'The stored login reached the end of the life that {platform} gives it.',
    how: '{owner} has to connect the channel again.',
  },
  TokenExpired: {
    who: 'Owner',
    what: 'The stored access token has reached its end, and {platform} lets only a living one be prolonged.',
    how: '{owner} has to connect the channel again.',
  },
  TokenMalformed: {
    who: 'Owner',
    what: '{platform} does not recognise the stored token as one of its own; it was cut or changed before it was stored.',
    how: '{owner} has to connect the channel again, or the whole token has to be imported.',
  },
  ExpiredUnused: {
    who: 'Owner',
    what: '{platform} ended the stored login because it had not been used for too long.',
    how: '{owner} has to connect the channel again; while the operator runs it is used often enough.',
  },
  AccountLocked: {
    who: 'Owner',
    what: '{platform} holds {account} at a security check.',
    how: '{owner} has to log in at {platform} itself and pass the check; the channel then goes on by itself.',
  },
  AccountUnconfirmed: {
    who: 'Owner',
    what: '{platform} wants {account} to be confirmed first.',
    how: '{owner} has to confirm the account at {platform} itself; the channel then goes on by itself.',
  },
  AccountSuspended: {
    who: 'Owner',
    what: '{platform} suspended {account}.',
    how: '{owner} has to settle that with {platform}; the channel then goes on by itself.',
  },
  AccountDeleted: {
    who: 'Owner',
    what: '{platform} no longer knows {account}.',
    how: '{owner} has to restore the account at {platform}; another account is another SocialChannel.',
  },
  AccountTypeChanged: {
    who: 'Owner',
    what: 'At {platform} {account} is no longer the type of account that this needs.',
    how: '{owner} has to switch the account back at {platform}; the channel then goes on by itself.',
  },
  WrongAccount: {
    who: 'Owner',
    what: 'The login belongs to another account at {platform} than the one that this channel expects.',
    how: '{owner} has to log out of the other account at {platform} and connect this one; nothing was replaced.',
  },
  ScopeMissing: {
    who: 'Owner',
    what: 'The login lacks a permission at {platform} that this channel needs.',
    how: '{owner} has to connect the channel again and leave every permission ticked.',
  },
  ScopeChanged: {
    who: 'Owner',
    what: 'The permissions that were given at {platform} have changed since the channel was connected.',
    how: '{owner} has to connect the channel again and leave every permission ticked.',
  },
  AdminRightsLost: {
    who: 'Owner',
    what: 'The person who connected the channel no longer has the role at {platform} that {account} asks for.',
    how: '{owner} has to get the role back from an administrator of {account}, or somebody who has it connects the channel.',
  },
  AdminPolicyBlocked: {
    who: 'Owner',
    what: "A policy of the account's organisation forbids this app at {platform}.",
    how: '{owner} has to have the app admitted by an administrator of that organisation; the channel then goes on by itself.',
  },
  ReauthPolicy: {
    who: 'Owner',
    what: "A policy of the account's organisation asks for a new login at regular times, and that time has come.",
    how: '{owner} has to connect the channel again; an administrator of that organisation can exempt the app.',
  },
  NoChannel: {
    who: 'Owner',
    what: 'The login works, but it has no channel at {platform} to stream to.',
    how: '{owner} has to create the channel at {platform}, or connect with the login that has it.',
  },
  PageUnavailable: {
    who: 'Owner',
    what: 'At {platform} {account} was deleted or hidden.',
    how: '{owner} or another administrator of {account} has to restore it; the channel then goes on by itself.',
  },
  PageUnlinked: {
    who: 'Owner',
    what: 'At {platform} {account} is no longer linked to a page of the person who connected the channel.',
    how: '{owner} or another administrator of the page has to link them again at {platform}; the channel then goes on by itself.',
  },
  DeviceInvalidated: {
    who: 'Owner',
    what: '{platform} ended the stored login because it distrusts the device or the place that it is used from.',
    how: '{owner} has to confirm the login at {platform}, and then connect the channel again.',
  },
  LifetimeShortened: {
    who: 'Owner',
    what: '{platform} ended the stored login earlier than it had announced.',
    how: '{owner} has to connect the channel again.',
  },
  TestingModeExpired: {
    who: 'Owner',
    what: 'The app is in testing mode at {platform}, where every login ends after seven days.',
    how: '{owner} has to connect the channel again; publishing the app at {platform} ends this for good.',
  },
  DataAccessExpired: {
    who: 'Owner',
    what: "{platform} no longer lets the app act for {account}: the person has not used the app's login for too long.",
    how: '{owner} has to connect the channel again.',
  },
  TooManyLogins: {
    who: 'Owner',
    what: '{platform} ended the oldest login of this person, because it keeps only so many of them for one app.',
    how: '{owner} has to connect the channel again; fewer channels of one person in one app end this for good.',
  },
  DeadlinePassed: {
    who: 'Owner',
    what: 'The moment has passed at which {platform} asks for a person.',
    how: '{owner} has to connect the channel again.',
  },
  ConsentRefused: {
    who: 'Owner',
    what: '{platform} did not accept what the person brought back from its consent page: it was used already, too old, or meant for another app.',
    how: '{owner} has to start once more from the link; nothing was replaced.',
  },
  LenderNeedsReauth: {
    who: 'Owner',
    what: 'The channel lives from the login of another one, and that one needs a person.',
    how: 'As soon as the other channel is connected again this one goes on by itself.',
  },
  RefreshInterrupted: {
    who: 'Owner',
    what: 'A renewal or a new connection was cut off before its answer could be stored, and {platform} does not accept the old login a second time; nobody did anything wrong.',
    how: '{owner} has to connect the channel again.',
  },
} as const satisfies Record<string, Explanation>;
