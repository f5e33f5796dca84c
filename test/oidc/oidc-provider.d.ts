/** The part of npm `oidc-provider` that the authorization server of these tests uses; the package ships no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface StoredToken {
    jti: string;
    /** Seconds from its issue. */
    expiration: number;
    grantId: string;
    clientId: string;
    accountId: string;
  }

  export interface OidcContext {
    path: string;
    status: number;
    res: ServerResponse;
    body?: { id_token?: string };
    oidc?: {
      params?: Record<string, string | undefined>;
      client?: { clientId: string };
      entities: { AccessToken?: StoredToken; RefreshToken?: StoredToken };
    };
  }

  export interface ProviderError extends Error {
    error?: string;
    error_detail?: string;
  }

  export interface Adapter {
    upsert(id: string, payload: Record<string, unknown>, expiresIn?: number): Promise<void>;
    find(id: string): Promise<Record<string, unknown> | undefined>;
    findByUserCode(userCode: string): Promise<Record<string, unknown> | undefined>;
    findByUid(uid: string): Promise<Record<string, unknown> | undefined>;
    consume(id: string): Promise<void>;
    destroy(id: string): Promise<void>;
    revokeByGrantId(grantId: string): Promise<void>;
  }

  interface TokenInput {
    accountId: string;
    client: object;
    grantId: string;
    scope: string;
    gty: string;
  }

  interface Token extends StoredToken {
    save(): Promise<string>;
  }

  export class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    readonly Grant: {
      new (input: {
        accountId: string;
        clientId: string;
      }): {
        addOIDCScope(scope: string): void;
        save(): Promise<string>;
      };
      adapter: Adapter;
    };
    readonly AccessToken: { new (input: TokenInput): Token; revokeByGrantId(grantId: string): Promise<void> };
    readonly RefreshToken: { new (input: TokenInput): Token; revokeByGrantId(grantId: string): Promise<void> };
    readonly AuthorizationCode: {
      new (
        input: TokenInput & {
          redirectUri: string | undefined;
          codeChallenge: string | undefined;
          codeChallengeMethod: string | undefined;
          authTime: number;
        },
      ): { save(): Promise<string> };
    };
    readonly Client: { find(clientId: string): Promise<object | undefined>; adapter: Adapter };
    use(middleware: (ctx: OidcContext, next: () => Promise<void>) => Promise<void>): void;
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{
      prompt: { name: string };
      params: { client_id?: string; scope?: string };
      session?: { accountId: string };
    }>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
    callback(): (incoming: IncomingMessage, response: ServerResponse) => void;
    on(event: 'access_token.saved' | 'refresh_token.saved', listener: (token: StoredToken) => void): void;
    on(event: 'refresh_token.consumed', listener: (token: StoredToken) => void): void;
    on(event: 'grant.revoked', listener: (ctx: OidcContext, grantId: string) => void): void;
    on(event: 'grant.success', listener: (ctx: OidcContext) => void): void;
    on(event: 'grant.error' | 'server_error', listener: (ctx: OidcContext, error: ProviderError) => void): void;
  }
}
