import { expect, it } from 'vitest';
import { play } from '../play.ts';
import { held, type Question } from '../rows.ts';
import { socialPlatformFile } from '../social-platform.ts';
import { callback, form } from './requests.ts';

const { spec } = socialPlatformFile('../../deploy/platforms/vk.yaml');
const extras = { device_id: 'aLk4RqYHj2oXdeQe' };
const common = { name: '', answers: { Token: { status: 500 } }, extras, want: { kind: '' } } as const;
const uuid = /state=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

it.each<[Question, string]>([
  [
    { ...common, call: 'code', callback: { code: held.code, state: held.state, ...extras } },
    `code=brought-code-0001&redirect_uri=${callback}&code_verifier=${held.verifier}&device_id=aLk4RqYHj2oXdeQe&state=…&grant_type=authorization_code&client_id=our-client`,
  ],
  [
    { ...common, call: 'refresh' },
    'refresh_token=held-refresh-0001&device_id=aLk4RqYHj2oXdeQe&state=…&grant_type=refresh_token&client_id=our-client',
  ],
])('VK is sent the device and a new state with a $call', async (question, body) => {
  const requests = [...(await sentBy(question)), ...(await sentBy(question))];
  expect(requests).toHaveLength(2);
  for (const request of requests) {
    expect(request).toMatchObject({ method: 'POST', url: 'https://id.vk.com/oauth2/auth', headers: form });
    expect(request.body?.replace(uuid, 'state=…')).toBe(body);
  }
  expect(requests[0]?.body).not.toBe(requests[1]?.body);
});

async function sentBy(question: Question) {
  return (await play({ name: 'vk', spec }, question)).sent;
}
