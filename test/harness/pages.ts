import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OidcControl } from '../oidc/control.ts';
import type { Ingress } from './ingress.ts';
import { scratchFolder, uniqueName } from './scratch.ts';
import type { World } from './world.ts';

const accessFile = `
rules:
  - namespaces: ['*']
    connect: [stage-crew]
`;

/** Flags of an operator whose pages stand behind that ingress, and on which this person may connect everything. */
export async function pagesFlags(world: World, ingress: Ingress, person: string): Promise<string[]> {
  const folder = scratchFolder('pages');
  const oidc = new OidcControl(world.oidc?.controlUrl ?? '');
  await oidc.createAccount({ id: person, name: 'Dana Reyes', email: 'dana@example.com', groups: ['stage-crew'] });
  const redirectUris = [`${ingress.url}/sign-in/callback`];
  const { clientId, clientSecret } = await oidc.createClient({ clientId: uniqueName('pages'), redirectUris });
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  return [
    ['--pages-url', ingress.url],
    ['--pages-address', ingress.target],
    ['--pages-sign-in-issuer', world.oidc?.url ?? ''],
    ['--pages-sign-in-client-id', clientId],
    ['--pages-sign-in-client-secret-file', file('client-secret', clientSecret ?? '')],
    ['--pages-sign-in-scopes', 'openid,email,groups'],
    ['--pages-sign-in-ca-file', file('ca.crt', world.authority.certificate)],
    ['--pages-access-file', file('access.yaml', accessFile)],
    ['--pages-trusted-proxies', '127.0.0.0/8'],
    ['--pages-invitations'],
  ].flat();
}
