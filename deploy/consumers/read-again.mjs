// Calls URL again and again, with the token of that moment: the file is read before each call, and nothing is kept.
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

const { URL: url, TOKEN_FOLDER: folder = '/run/social/twitch', PAUSE_MS = '5000' } = process.env;
const read = async (name) => (await readFile(`${folder}/${name}`, 'utf8')).trim();
for (;;) {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${await read('access_token')}` } });
  if (answer.status === 401) console.error(`refused; the token ends at ${await read('expires_at')}`);
  else console.log(answer.status);
  await pause(Number(PAUSE_MS));
}
