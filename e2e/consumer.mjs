// What a streaming pod does, seen from outside: calls URL every second with the token of that moment, one JSON line each,
// and says when the bytes in its folder change.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

const { URL: url, TOKEN_FOLDER: folder = '/run/social/token' } = process.env;
const read = async (name) => (await readFile(`${folder}/${name}`, 'utf8')).trim();
const mark = (token) => createHash('sha256').update(token).digest('hex').slice(0, 12);
const say = (line) => console.log(JSON.stringify(line));

async function call() {
  const at = Date.now();
  const token = await read('access_token');
  try {
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(20_000),
    });
    await answer.arrayBuffer();
    say({ at, call: answer.status, token: mark(token) });
  } catch (error) {
    say({ at, call: 0, token: mark(token), error: `${error} ${error?.cause ?? ''}` });
  }
}

let seen;
let nextCallAt = 0;
process.once('SIGTERM', () => process.exit(0));
for (;;) {
  const token = mark(await read('access_token'));
  if (token !== seen) say({ at: Date.now(), changed: token, expiresAt: await read('expires_at') });
  seen = token;
  if (Date.now() >= nextCallAt) {
    nextCallAt = Date.now() + 1000;
    void call();
  }
  await pause(100);
}
