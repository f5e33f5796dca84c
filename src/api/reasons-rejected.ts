import type { Explanation } from './reasons.ts';

/**
 * Reasons that end in NeedsReauth. They say what the field knows of lost grants: reference sections on error answers of
 * each platform (Meta's 190 subcodes, Google's `invalid_grant` sub-errors, RFC 6749 section 5.2).
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
  RefreshTokenExpired: {
    who: 'Owner',
    what: 'The stored login reached the end of the life that {platform} gives it.',
    how: '{owner} has to connect the channel again.',
  },
  ExpiredUnused: {
    who: 'Owner',
    what: '{platform} ended the stored login because it had not been used for too long.',
    how: '{owner} has to connect the channel again; while the operator runs it is used often enough.',
  },
  AccountLocked: {
    who: 'Owner',
    what: '{platform} holds {account} at a security check.',
    how: '{owner} has to log in at {platform} itself, pass the check, and then connect the channel again.',
  },
  AccountSuspended: {
    who: 'Owner',
    what: '{platform} suspended {account}.',
    how: '{owner} has to settle that with {platform}, and then connect the channel again.',
  },
  AccountDeleted: {
    who: 'Owner',
    what: '{platform} no longer knows {account}.',
    how: '{owner} has to restore the account at {platform}; another account is another SocialChannel.',
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
    how: 'An administrator of the account has to give the role back, or somebody who has it connects the channel.',
  },
  AdminPolicyBlocked: {
    who: 'Owner',
    what: "A policy of the account's organisation forbids this app at {platform}.",
    how: 'An administrator of that organisation has to admit the app, and then {owner} connects the channel again.',
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
  SpamBlocked: {
    who: 'Owner',
    what: '{platform} blocks {account} because it took something for spam.',
    how: '{owner} has to lift the block at {platform}, and then connect the channel again.',
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
  DeadlinePassed: {
    who: 'Owner',
    what: 'The moment has passed at which {platform} asks for a person.',
    how: '{owner} has to connect the channel again.',
  },
  RefreshInterrupted: {
    who: 'Owner',
    what: 'A renewal was cut off before its answer could be stored, and {platform} does not accept the old login a second time; nobody did anything wrong.',
    how: '{owner} has to connect the channel again.',
  },
} as const satisfies Record<string, Explanation>;
