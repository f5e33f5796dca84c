import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type OidcContext, Provider, type ProviderError, type StoredToken } from 'oidc-provider';
import { interact } from './interaction.ts';
import { OidcLedger, sha256 } from './ledger.ts';
import { MemoryStore } from './memory-adapter.ts';
import type { AccountInput, Client, ClientInput, ConsentInput, MintedGrant, MintInput } from './model.ts';

const dayS = 86_400;

/** A wrong call on the control connection; its message goes back to the test. */
export class ControlError extends Error {}

/** The provider counts in whole seconds: a token ends up to a second before its life is over by the millisecond. */
const wholeSecond = (at: number): number => Math.floor(at / 1000) * 1000;

/** npm `oidc-provider` with rotation, a ledger of its events, and grants that need no browser. */
export class OidcServer {
  readonly ledger = new OidcLedger();
  readonly provider: Provider;
  accessLifetimeS = 20;
  readonly #issuer: string;
  readonly #store = new MemoryStore();
  readonly #accounts = new Map<string, AccountInput & { name: string }>();
  readonly #clientSecrets: string[] = [];
  readonly #idTokens: string[] = [];
  readonly #errors = new WeakMap<OidcContext, ProviderError>();

  /** @param issuer the server's own address, without a path */
  constructor(issuer: string) {
    this.#issuer = issuer;
    this.provider = new Provider(issuer, this.#configuration());
    this.provider.use((ctx, next) => this.#watch(ctx, next));
    this.#record();
  }

  async createClient(input: ClientInput): Promise<Client> {
    const authMethod = input.authMethod ?? 'client_secret_basic';
    const secret = authMethod === 'none' ? null : (input.clientSecret ?? randomBytes(24).toString('base64url'));
    if (secret !== null) {
      this.#clientSecrets.push(secret);
    }
    await this.#store.adapterFor('Client').upsert(input.clientId, {
      client_id: input.clientId,
      ...(secret !== null && { client_secret: secret }),
      token_endpoint_auth_method: authMethod,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: input.redirectUris ?? ['https://127.0.0.1/callback'],
    });
    return { clientId: input.clientId, clientSecret: secret };
  }

  createAccount(input: AccountInput): { id: string; name: string } {
    const { id, name = `Account ${id}` } = input;
    this.#accounts.set(id, { ...input, name });
    return { id, name };
  }

  /** All requests of browsers and clients. */
  listener(): (request: IncomingMessage, response: ServerResponse) => void {
    const provided = this.provider.callback();
    return (request, response) => {
      if (!request.url?.startsWith('/interaction/')) return provided(request, response);
      const onGrant = (...grant: [string, string, string]) => this.ledger.openGrant(...grant);
      interact({ provider: this.provider, accounts: this.#accounts, onGrant }, request, response).catch(
        (error: unknown) => {
          this.ledger.serverErrors.push(String(error));
          response.destroy();
        },
      );
    };
  }

  /** A consent with its first pair of tokens, made of the provider's own models. */
  async mintGrant({ clientId, accountId, scope = 'openid offline_access' }: MintInput): Promise<MintedGrant> {
    const client = await this.provider.Client.find(clientId);
    if (!client || !this.#accounts.has(accountId)) {
      throw new ControlError(`no client "${clientId}" or no account "${accountId}"; create them first`);
    }
    const grant = new this.provider.Grant({ accountId, clientId });
    grant.addOIDCScope(scope);
    const grantId = await grant.save();
    this.ledger.openGrant(grantId, clientId, accountId);
    const input = { accountId, client, grantId, scope, gty: 'authorization_code' };
    const refreshToken = await new this.provider.RefreshToken(input).save();
    const obtainedAt = wholeSecond(Date.now());
    const accessToken = await new this.provider.AccessToken(input).save();
    const times = { obtainedAt, expiresAt: obtainedAt + this.accessLifetimeS * 1000 };
    return { grantId, clientId, accountId, accessToken, refreshToken, scopes: scope.split(' '), ...times };
  }

  /** The answer of a person to an authorization request (RFC 6749 section 4.1.2), with the issuer of RFC 9207. */
  async consent({ url, accountId, scope }: ConsentInput): Promise<Record<string, string>> {
    const asked = Object.fromEntries(new URL(url).searchParams);
    const back = { state: asked.state ?? '', iss: this.#issuer };
    if (accountId === undefined) return { ...back, error: 'access_denied' };
    const clientId = asked.client_id ?? '';
    const client = await this.provider.Client.find(clientId);
    if (!client || !this.#accounts.has(accountId)) throw new ControlError(`no client ${clientId} or no ${accountId}`);
    const granted = scope ?? asked.scope ?? '';
    const grant = new this.provider.Grant({ accountId, clientId });
    grant.addOIDCScope(granted);
    const grantId = await grant.save();
    this.ledger.openGrant(grantId, clientId, accountId);
    const code = await new this.provider.AuthorizationCode({
      accountId,
      client,
      grantId,
      scope: granted,
      gty: 'authorization_code',
      redirectUri: asked.redirect_uri,
      codeChallenge: asked.code_challenge,
      codeChallengeMethod: asked.code_challenge_method,
      ...(asked.nonce === undefined ? {} : { nonce: asked.nonce }),
      authTime: Math.floor(Date.now() / 1000),
    }).save();
    return { ...back, code };
  }

  /** The person disconnects: every token of the grant is gone at once. */
  async endGrant(grantId: string): Promise<boolean> {
    await this.provider.Grant.adapter.destroy(grantId);
    await this.provider.AccessToken.revokeByGrantId(grantId);
    await this.provider.RefreshToken.revokeByGrantId(grantId);
    return this.ledger.endGrant(grantId, 'ended-by-test');
  }

  secrets(): string[] {
    return [...this.#clientSecrets, ...this.#idTokens, ...this.ledger.values()];
  }

  #configuration(): Record<string, unknown> {
    const signingKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const store = this.#store;
    return {
      adapter: (model: string) => store.adapterFor(model),
      jwks: { keys: [{ ...signingKey, use: 'sig', alg: 'RS256' }] },
      cookies: { keys: [randomBytes(32).toString('base64url')] },
      features: {
        devInteractions: { enabled: false },
        introspection: { enabled: true, allowedPolicy: () => true },
        revocation: { enabled: true, allowedPolicy: () => true },
        userinfo: { enabled: true },
      },
      interactions: { url: (_ctx: OidcContext, { uid }: { uid: string }) => `/interaction/${uid}` },
      claims: { openid: ['sub', 'name'], email: ['email', 'email_verified'], groups: ['groups'] },
      scopes: ['openid', 'offline_access', 'channel:read', 'channel:stream', 'email', 'groups'],
      rotateRefreshToken: true,
      ttl: {
        AccessToken: () => this.accessLifetimeS,
        RefreshToken: 30 * dayS,
        Grant: 365 * dayS,
        IdToken: 3600,
        Interaction: 3600,
        Session: dayS,
      },
      findAccount: (_ctx: OidcContext, id: string) => this.#account(id),
    };
  }

  #account(id: string): { accountId: string; claims: () => object } | undefined {
    const account = this.#accounts.get(id);
    if (account === undefined) {
      return undefined;
    }
    const { name, email, emailVerified = true, groups } = account;
    const contact = email === undefined ? {} : { email, email_verified: emailVerified };
    return { accountId: id, claims: () => ({ sub: id, name, ...contact, ...(groups && { groups }) }) };
  }

  #record(): void {
    const { ledger, provider } = this;
    const issue = (kind: 'access' | 'refresh') => (token: StoredToken) => {
      const { jti, grantId, clientId, accountId, expiration } = token;
      const endedAt = wholeSecond(Date.now()) + expiration * 1000;
      ledger.issue(jti, { kind, grantId, clientId, accountId, endedAt });
    };
    provider.on('access_token.saved', issue('access'));
    provider.on('refresh_token.saved', issue('refresh'));
    provider.on('refresh_token.consumed', (token) => ledger.consume(token.jti));
    provider.on('grant.revoked', (ctx, grantId) => {
      ledger.endGrant(grantId, ctx.path === '/token' ? 'replay' : 'revoked-by-client');
    });
    provider.on('server_error', (_ctx, error) => void ledger.serverErrors.push(error.stack ?? error.message));
    provider.on('grant.error', (ctx, error) => {
      this.#errors.set(ctx, error);
    });
  }

  /** Follows one request: tokens that it shows, and the spend that it is. */
  async #watch(ctx: OidcContext, next: () => Promise<void>): Promise<void> {
    const arrivedAt = Date.now();
    await next();
    const presented = ctx.oidc?.params?.refresh_token;
    if (ctx.path !== '/token' || presented === undefined) {
      const shown = ctx.oidc?.entities.AccessToken ?? ctx.oidc?.entities.RefreshToken;
      if (shown) {
        this.ledger.see(shown.jti);
      }
      // Revoking one token destroys all tokens of its grant, which the provider tells by no event.
      if (shown && ctx.path === '/token/revocation' && ctx.status === 200) {
        this.ledger.endGrant(shown.grantId, 'revoked-by-client');
      }
      return;
    }
    this.ledger.see(presented);
    if (ctx.body?.id_token !== undefined) {
      this.#idTokens.push(ctx.body.id_token);
    }
    ctx.res.once('close', () => this.#spend(ctx, presented, arrivedAt));
  }

  #spend(ctx: OidcContext, presented: string, arrivedAt: number): void {
    const token = this.ledger.find(presented);
    const failure = this.#errors.get(ctx);
    const error = failure ? (failure.error ?? failure.message) : null;
    const outcome = outcomeOf(ctx.status, error);
    this.ledger.spend({
      grantId: token?.grantId ?? null,
      clientId: ctx.oidc?.client?.clientId ?? ctx.oidc?.params?.client_id ?? null,
      tokenHash: sha256(presented),
      arrivedAt,
      answeredAt: Date.now(),
      outcome,
      status: ctx.status,
      error,
      detail: failure?.error_detail ?? null,
      delivered: ctx.res.writableFinished,
      replay: outcome === 'rejected' && token?.consumed === true,
    });
  }
}

function outcomeOf(status: number, error: string | null): 'granted' | 'rejected' | 'refused' | 'failed' {
  if (status === 200) {
    return 'granted';
  }
  if (status >= 500) {
    return 'failed';
  }
  return error === 'invalid_grant' ? 'rejected' : 'refused';
}
