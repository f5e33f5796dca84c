import type { ChannelRef } from '../../core/grant.ts';

// Hono ends a pattern at its first closing brace, so these only say the letters; `isName` says the rest.
const name = '[a-z0-9.-]+';
const id = '[A-Za-z0-9_-]+';
const channel = `/c/:namespace{${name}}/:channel{${name}}`;
const result = `${channel}/result/:id{${id}}`;

/** Patterns of our own paths, and the paths. Nothing else is linked to, or returned to. */
export const patterns = {
  fleet: '/',
  style: '/style/:file{[0-9a-f]+\\.css}',
  channel,
  connect: `${channel}/connect`,
  result,
  confirm: `${result}/confirm`,
  discard: `${result}/discard`,
  callback: '/callback',
  posted: '/callback/posted',
  noConsent: '/callback/unknown',
  signIn: '/sign-in',
  signedIn: '/sign-in/callback',
  signOut: '/sign-out',
  signedOut: '/signed-out',
  invitation: '/i/:token{[A-Za-z0-9._~-]+}',
} as const;

export function channelPath({ namespace, name }: ChannelRef): string {
  return `/c/${namespace}/${name}`;
}

export function resultPath(ref: ChannelRef, id: string): string {
  return `${channelPath(ref)}/result/${id}`;
}

/** A name as Kubernetes gives it (RFC 1123 subdomain). */
export function isName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(text);
}

/** Of a consent. */
export function isConsentId(text: string): boolean {
  return /^[A-Za-z0-9_-]{8,64}$/.test(text);
}

/** Where to go after the sign-in: a page of ours, whatever a form field says. */
export function safeReturn(path: string | undefined): string {
  const [, namespace = '', name = ''] = /^\/c\/([^/]*)\/([^/]*)$/.exec(path ?? '') ?? [];
  return isName(namespace) && isName(name) ? channelPath({ namespace, name }) : '/';
}
