import type { IncomingMessage, ServerResponse } from 'node:http';
import { cure, strike } from './causes.ts';
import type { ControlCalls } from './control-calls.ts';
import { ControlError } from './directory.ts';
import type { Engine } from './engine.ts';
import { mintGrant } from './minting.ts';
import type { Cause } from './model.ts';
import { grantViews, secrets, summary, tokenAt, tokenView } from './questions.ts';
import { signal } from './signals.ts';
import type { World } from './world.ts';

type Handlers = { [Name in keyof ControlCalls]: (input: ControlCalls[Name]['input']) => ControlCalls[Name]['output'] };

/** Who exists, and what happens to them. */
function people(world: World) {
  const { directory, assets } = world;
  return {
    createApp: (input) => directory.createApp(input),
    updateApp: (input) => directory.updateApp(input),
    rotateAppSecret: ({ platform, clientId, clientSecret }) => {
      const fresh = clientSecret ?? directory.platform(platform).newSecret('client-secret');
      return directory.updateApp({ platform, clientId, clientSecret: fresh });
    },
    createAccount: (input) => directory.createAccount(input),
    updateAccount: (input) => directory.updateAccount(input),
    createAsset: (input) => {
      directory.platform(input.platform);
      return assets.create(input);
    },
    updateAsset: (input) => assets.update(input),
    setRoles: (input) => {
      directory.account(input.platform, input.accountId);
      assets.asset(input.platform, input.assetId);
      assets.setRoles(input);
      return { roles: input.roles };
    },
    strike: (input) => ({ ended: strike(world, input) }),
    cure: (input) => ({ cured: cure(world, input) }),
    causes: ({ platform }) => Object.keys(directory.platform(platform).causes) as Cause[],
    changePassword: ({ platform, id }) => ({
      ended: strike(world, { platform, cause: 'password-changed', accountId: id }),
    }),
    signal: (input) => signal(world, input),
    disconnect: (pair) => ({ ended: strike(world, { ...pair, cause: 'disconnected' }) }),
  } satisfies Partial<Handlers>;
}

/** What becomes of grants, tokens and time. */
function holdings(world: World) {
  return {
    endGrant: ({ grantId }) => {
      if (!world.grants.has(grantId)) {
        throw new ControlError(`no grant "${grantId}"`);
      }
      return { ended: world.endGrants((grant) => grant.id === grantId, 'ended-by-test') };
    },
    endAccessTokens: (filter) => ({ ended: world.endAccessTokens(filter, 'ended-by-test') }),
    mintGrant: (input) => mintGrant(world, input),
    answerDevice: (input) => {
      world.directory.account(input.platform, input.accountId);
      world.devices.answer(input, world.clocks.now(input.platform));
      return { approved: input.approve };
    },
    shiftClock: ({ platform, byMs }) => ({ shiftMs: world.shiftClock(platform, byMs) }),
  } satisfies Partial<Handlers>;
}

function faults(engine: Engine, world: World) {
  return {
    addFault: (input) => {
      world.directory.platform(input.platform);
      return engine.faults.add(input);
    },
    removeFault: ({ id }) => ({ removed: engine.faults.remove(id) }),
    clearFaults: ({ platform }) => ({ removed: engine.faults.clear(platform) }),
    faults: () => engine.faults.list(),
  } satisfies Partial<Handlers>;
}

function questions(world: World) {
  return {
    summary: (filter) => summary(world, filter),
    grants: (filter) => grantViews(world, filter),
    tokens: (filter) => world.tokens.all(filter).map((token) => tokenView(world, token)),
    spends: (filter) => world.ledger.spends(filter),
    complaints: (filter) => world.ledger.complaints(filter),
    tokenAt: ({ value, at }) => tokenAt(world, value, at),
    secrets: (filter) => secrets(world, filter),
  } satisfies Partial<Handlers>;
}

export const controlHandlers = (engine: Engine, world: World): Handlers => ({
  ...people(world),
  ...holdings(world),
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
