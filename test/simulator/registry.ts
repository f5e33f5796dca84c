import { google } from './google.ts';
import type { Platform } from './platform.ts';
import { twitch } from './twitch.ts';

export const platforms: readonly Platform[] = [twitch, google];
