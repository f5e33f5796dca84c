import type { OidcCalls } from './model.ts';

type Input<Name extends keyof OidcCalls> = OidcCalls[Name]['input'];
type Output<Name extends keyof OidcCalls> = Promise<OidcCalls[Name]['output']>;

/** The control connection of the authorization server. Throws what the server says is wrong. */
export class OidcControl {
  readonly #controlUrl: string;

  constructor(controlUrl: string) {
    this.#controlUrl = controlUrl;
  }

  createClient(input: Input<'createClient'>): Output<'createClient'> {
    return this.#call('createClient', input);
  }

  createAccount(input: Input<'createAccount'>): Output<'createAccount'> {
    return this.#call('createAccount', input);
  }

  /** A consented grant with its first pair of tokens, without a browser. */
  mintGrant(input: Input<'mintGrant'>): Output<'mintGrant'> {
    return this.#call('mintGrant', input);
  }

  /** A person answers the authorization request of this address, without a browser; the query that they bring back. */
  consent(input: Input<'consent'>): Output<'consent'> {
    return this.#call('consent', input);
  }

  /** The person disconnects the client. */
  endGrant(input: Input<'endGrant'>): Output<'endGrant'> {
    return this.#call('endGrant', input);
  }

  /** Life of access tokens issued from now on, seconds; 20 at the start. */
  setAccessLifetime(input: Input<'setAccessLifetime'>): Output<'setAccessLifetime'> {
    return this.#call('setAccessLifetime', input);
  }

  summary(filter: Input<'summary'> = {}): Output<'summary'> {
    return this.#call('summary', filter);
  }

  grants(filter: Input<'grants'> = {}): Output<'grants'> {
    return this.#call('grants', filter);
  }

  tokens(filter: Input<'tokens'> = {}): Output<'tokens'> {
    return this.#call('tokens', filter);
  }

  spends(filter: Input<'spends'> = {}): Output<'spends'> {
    return this.#call('spends', filter);
  }

  /** Was this token (its value) alive at that instant? */
  tokenAt(input: Input<'tokenAt'>): Output<'tokenAt'> {
    return this.#call('tokenAt', input);
  }

  /** Every token, ID token and client secret ever given out, in clear. */
  secrets(): Output<'secrets'> {
    return this.#call('secrets', {});
  }

  async #call<Name extends keyof OidcCalls>(name: Name, input: Input<Name>): Output<Name> {
    const response = await fetch(`${this.#controlUrl}/${name}`, { method: 'POST', body: JSON.stringify(input) });
    const body = (await response.json()) as OidcCalls[Name]['output'] & { error?: string };
    if (!response.ok) {
      throw new Error(`authorization server refused ${name}: ${body.error}`);
    }
    return body;
  }
}
