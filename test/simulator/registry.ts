import { type FacebookQuirk, facebook, instagramPage } from './facebook.ts';
import { type GoogleQuirk, google } from './google.ts';
import { type InstagramQuirk, instagram } from './instagram.ts';
import { type KickQuirk, kick } from './kick.ts';
import { type LinkedinQuirk, linkedin } from './linkedin.ts';
import type { MetaQuirk } from './meta-calls.ts';
import { type OddQuirk, odd } from './odd.ts';
import type { Platform } from './platform.ts';
import { type ThreadsQuirk, threads } from './threads.ts';
import { type TiktokQuirk, tiktok } from './tiktok.ts';
import { type TwitchQuirk, twitch } from './twitch.ts';
import { type XQuirk, x } from './x.ts';

export const platforms: readonly Platform[] = [
  twitch,
  google,
  facebook,
  instagram,
  instagramPage,
  threads,
  x,
  linkedin,
  tiktok,
  kick,
  odd,
];

/** Documented or observed departures that one app can be told to show. */
export type Quirk =
  | TwitchQuirk
  | GoogleQuirk
  | MetaQuirk
  | FacebookQuirk
  | InstagramQuirk
  | ThreadsQuirk
  | XQuirk
  | LinkedinQuirk
  | TiktokQuirk
  | KickQuirk
  | OddQuirk;
