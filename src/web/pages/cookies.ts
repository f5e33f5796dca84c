import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/** All cookies of ours: this host alone, HTTPS alone, no script, and not with requests that other sites make. */
const flags = { path: '/', secure: true, httpOnly: true, sameSite: 'Lax', prefix: 'host' } as const;

export function writeCookie(context: Context, name: string, value: string, lifeMs: number): void {
  setCookie(context, name, value, { ...flags, maxAge: Math.floor(lifeMs / 1_000) });
}

export function readCookie(context: Context, name: string): string | undefined {
  return getCookie(context, name, 'host');
}

export function dropCookie(context: Context, name: string): void {
  deleteCookie(context, name, flags);
}

/** Names, without the prefix, of the cookies that begin so. */
export function cookiesNamed(context: Context, beginning: string): string[] {
  const whole = `__Host-${beginning}`;
  return Object.keys(getCookie(context))
    .filter((name) => name.startsWith(whole))
    .map((name) => name.slice('__Host-'.length));
}
