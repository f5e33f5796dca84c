import type { IncomingMessage, ServerResponse } from 'node:http';
import { openConsentedGrant } from './consent.ts';
import { ControlError } from './directory.ts';
import type { Engine } from './engine.ts';
import type { ControlCalls, LedgerFilter, MintedGrant, MintInput } from './model.ts';
import { grantViews, secrets, summary, tokenAt, tokenView } from './questions.ts';
import { matchesFilter } from './token-store.ts';
import type { World } from './world.ts';

type Handlers = { [Name in keyof ControlCalls]: (input: ControlCalls[Name]['input']) => ControlCalls[Name]['output'] };

function mintGrant(world: World, input: MintInput): MintedGrant {
  const { directory, clocks } = world;
  const { platform, clientId, accountId } = input;
  const app = directory.app(platform, clientId);
  directory.account(platform, accountId);
  const obtainedAt = input.obtainedAt ?? clocks.machine();
  const consentedAt = input.consentedAt ?? obtainedAt;
  if (consentedAt > obtainedAt) {
    throw new ControlError('consentedAt lies after obtainedAt: no token is issued before its consent');
  }
  const limitedSeconds = input.limitedSeconds ?? null;
  const tokens = openConsentedGrant(world, app, {
    accountId,
    scopes: input.scopes ?? [],
    consentedAt: clocks.toPlatform(platform, consentedAt),
    obtainedAt: clocks.toPlatform(platform, obtainedAt),
    limitedUntilAt: limitedSeconds && clocks.toPlatform(platform, consentedAt + limitedSeconds * 1000),
  });
  for (const token of world.tokens.takeIssued()) {
    token.delivered = true;
  }
  const { grant } = tokens.access;
  const end = directory.platform(platform).agedOut(grant, app, tokens.refresh);
  return {
    ...{ grantId: grant.id, platform, clientId, accountId, obtainedAt, consentedAt, scopes: grant.scopes },
    accessToken: tokens.access.value,
    refreshToken: tokens.refresh.value,
    expiresAt: clocks.toMachine(platform, tokens.access.announcedExpiresAt ?? 0),
    refreshExpiresAt: end && clocks.toMachine(platform, end.at),
  };
}

function changePassword(world: World, platform: string, id: string): number {
  const account = world.directory.account(platform, id);
  const { endsWithPassword } = world.directory.platform(platform);
  return world.endGrants(
    (grant) => grant.platform === platform && grant.accountId === id && endsWithPassword(grant, account),
    'password-changed',
  );
}

function changes(world: World): Omit<Handlers, keyof ReturnType<typeof questions> | keyof ReturnType<typeof faults>> {
  const { directory } = world;
  return {
    createApp: (input) => directory.createApp(input),
    updateApp: (input) => directory.updateApp(input),
    rotateAppSecret: ({ platform, clientId, clientSecret }) => {
      const fresh = clientSecret ?? directory.platform(platform).newSecret('client-secret');
      return directory.updateApp({ platform, clientId, clientSecret: fresh });
    },
    createAccount: (input) => {
      const { condition, ...rest } = input;
      const account = directory.createAccount(rest);
      world.updateAccount({ platform: input.platform, id: input.id, ...(condition && { condition }) });
      return account;
    },
    updateAccount: (input) => {
      world.updateAccount(input);
      return directory.account(input.platform, input.id);
    },
    changePassword: ({ platform, id }) => ({ ended: changePassword(world, platform, id) }),
    disconnect: (pair) => {
      directory.app(pair.platform, pair.clientId);
      directory.account(pair.platform, pair.accountId);
      return { ended: world.endGrants((grant) => matchesFilter(grant, pair), 'disconnected') };
    },
    endGrant: ({ grantId }) => {
      if (!world.grants.has(grantId)) {
        throw new ControlError(`no grant "${grantId}"`);
      }
      return { ended: world.endGrants((grant) => grant.id === grantId, 'ended-by-test') };
    },
    endAccessTokens: (filter) => ({ ended: world.endAccessTokens(filter) }),
    mintGrant: (input) => mintGrant(world, input),
    shiftClock: ({ platform, byMs }) => ({ shiftMs: world.shiftClock(platform, byMs) }),
  };
}

function faults(engine: Engine, world: World) {
  return {
    addFault: (input: ControlCalls['addFault']['input']) => {
      world.directory.platform(input.platform);
      return engine.faults.add(input);
    },
    removeFault: ({ id }: { id: number }) => ({ removed: engine.faults.remove(id) }),
    clearFaults: ({ platform }: { platform?: string }) => ({ removed: engine.faults.clear(platform) }),
    faults: () => engine.faults.list(),
  };
}

function questions(world: World) {
  return {
    summary: (filter: LedgerFilter) => summary(world, filter),
    grants: (filter: LedgerFilter) => grantViews(world, filter),
    tokens: (filter: LedgerFilter) => world.tokens.all(filter).map((token) => tokenView(world, token)),
    spends: (filter: LedgerFilter) => world.ledger.spends(filter),
    complaints: (filter: LedgerFilter) => world.ledger.complaints(filter),
    tokenAt: ({ value, at }: { value: string; at: number }) => tokenAt(world, value, at),
    secrets: (filter: LedgerFilter) => secrets(world, filter),
  };
}

export const controlHandlers = (engine: Engine, world: World): Handlers => ({
  ...changes(world),
  ...faults(engine, world),
  ...questions(world),
});

/** `POST /<call>` with a JSON object answers 200 with JSON, or 400 with `{"error": sentence}`. */
export async function serveControl(
  handlers: Handlers,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }
  const reply = (status: number, body: unknown) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const name = (incoming.url ?? '/').slice(1);
  const handler = Object.hasOwn(handlers, name) ? handlers[name as keyof ControlCalls] : undefined;
  if (incoming.method !== 'POST' || !handler) {
    return reply(404, { error: `no call "${name}"; POST one of: ${Object.keys(handlers).join(', ')}` });
  }
  try {
    // The name picked the handler; that its input fits is what the typed client is for.
    reply(200, (handler as (input: unknown) => unknown)(JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')));
  } catch (error) {
    reply(error instanceof ControlError ? 400 : 500, { error: error instanceof Error ? error.message : String(error) });
  }
}
