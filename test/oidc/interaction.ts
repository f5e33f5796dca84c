import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (response: ServerResponse, inside: string): void => {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(
    `<!doctype html><html lang="en"><head><title>Test login</title></head><body><h1>Test login</h1>${inside}</body></html>`,
  );
};

const button = (name: string, value: string, text: string): string =>
  `<p><button name="${name}" value="${escaped(value)}">${escaped(text)}</button></p>`;

export interface Interacting {
  readonly provider: Provider;
  readonly accounts: ReadonlyMap<string, { name: string }>;
  /** Told of each grant that a person gives. */
  readonly onGrant: (id: string, clientId: string, accountId: string) => void;
}

/** The pages on which a person logs in and agrees: a button for each account, one to agree and one to deny. */
export async function interact(
  interacting: Interacting,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { provider, accounts } = interacting;
  const details = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    const logins = [...accounts].map(([id, { name }]) => button('login', id, `Log in as ${name} (${id})`));
    const asked = details.prompt.name === 'login' ? logins.join('') : button('agree', '1', 'Agree');
    return page(response, `<form method="post">${asked}${button('deny', '1', 'Deny')}</form>`);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const answer = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  await provider.interactionFinished(request, response, await resultOf(interacting, details, answer));
}

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

async function resultOf(
  { provider, onGrant }: Interacting,
  details: Details,
  answer: URLSearchParams,
): Promise<object> {
  if (answer.has('deny')) {
    return { error: 'access_denied', error_description: 'the person said no' };
  }
  const accountId = answer.get('login');
  if (accountId !== null) {
    return { login: { accountId } };
  }
  const { client_id: clientId = '', scope = '' } = details.params;
  const { accountId: person = '' } = details.session ?? {};
  const grant = new provider.Grant({ accountId: person, clientId });
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  onGrant(grantId, clientId, person);
  return { consent: { grantId } };
}
