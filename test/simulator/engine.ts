import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { usualCarriers, usualSpends, valuesAt } from './carriers.ts';
import { FaultBoard, type Subject } from './faults.ts';
import type { Spend } from './ledger-entries.ts';
import type { Fault } from './model.ts';
import type { Answer, Call, PlatformRequest, Token } from './platform.ts';
import { readRequest } from './request.ts';
import { type Found, RouteTable } from './routes.ts';
import { ownerAmong } from './shared-addresses.ts';
import { sha256 } from './token-store.ts';
import { misbehave, send } from './wire.ts';
import type { World } from './world.ts';

/** Takes each request through: who is it about, does a fault meet it, the platform's work, the answer, the ledger. */
export class Engine {
  readonly faults = new FaultBoard();
  readonly #world: World;
  readonly #routes: RouteTable;

  constructor(world: World) {
    this.#world = world;
    this.#routes = new RouteTable(world.directory.platforms());
  }

  /** @param cut ends the connection without an answer */
  async serve(incoming: IncomingMessage, response: ServerResponse, cut: () => void): Promise<void> {
    const arrivedAt = this.#world.clocks.machine();
    const request = await readRequest(incoming);
    const found = this.#find(request, response);
    if (!found) {
      return;
    }
    const presented = this.#presented(found, request);
    const subject = subjectOf(found, request, presented);
    this.#checkOwners(subject, presented);
    const spend = this.#openSpend(found, subject, request, arrivedAt);
    const fault = this.faults.take(subject, arrivedAt);
    const exchange = { genuine: false, carried: [] as Token[] };
    response.once('close', () => this.#close(spend, response, exchange.genuine, exchange.carried));
    if (fault?.kind === 'delay' && !fault.afterEffect) {
      await sleep(fault.delayMs, undefined, { ref: false });
    }
    const answer = !fault || reachesPlatform(fault) ? this.#perform(found, request, subject, spend) : null;
    exchange.carried = this.#world.tokens.takeIssued();
    if (spend) {
      this.#world.ledger.decideSpend(
        spend,
        answer ? (answer.outcome ?? 'refused') : 'unprocessed',
        fault?.kind ?? null,
      );
    }
    const platformNow = () => this.#world.clocks.now(subject.platform);
    if (fault) {
      exchange.genuine = fault.kind === 'delay';
      await misbehave(fault, response, answer, platformNow, cut);
    } else if (answer) {
      exchange.genuine = true;
      send(response, answer, platformNow());
    }
  }

  #find(request: PlatformRequest, response: ServerResponse): Found | null {
    const found = this.#routes.find(request, (platforms) => ownerAmong(this.#world, platforms, request));
    if (typeof found !== 'string') {
      return found;
    }
    const platform = this.#routes.ownerOf(request.path)?.name ?? 'none';
    const at = this.#world.clocks.machine();
    const text = `${request.method} ${request.path} is not part of this platform`;
    // A browser asks for it by itself beside a consent page; an operator that did would be told of by its other requests.
    const isBrowsers = request.path === '/favicon.ico';
    if (!isBrowsers) this.#world.ledger.complain({ at, platform, operation: null, clientId: null, text });
    const status = found === 'no-such-method' ? 405 : 404;
    send(response, { status, body: { error: 'not_found' } }, this.#world.clocks.now(platform));
    return null;
  }

  /** Tokens known to the world that this request carries, where its platform has them. */
  #presented({ platform }: Found, request: PlatformRequest): Token[] {
    const values = valuesAt((platform.carriers ?? usualCarriers).tokens, request);
    const known = values.map((value) => this.#world.tokens.find(value)).filter((token) => token !== undefined);
    for (const token of known.filter(({ grant }) => grant.platform === platform.name)) {
      token.seen = true;
    }
    return known;
  }

  /** A token that reaches another platform, or goes out in another app's name, has leaked. */
  #checkOwners(subject: Subject, presented: readonly Token[]): void {
    for (const { kind, grant } of presented) {
      if (grant.platform !== subject.platform) {
        this.#complain(subject, `the ${kind} token of grant ${grant.id} on ${grant.platform} was sent here`);
      } else if (subject.clientId !== null && grant.clientId !== subject.clientId) {
        this.#complain(subject, `the ${kind} token of grant ${grant.id} was sent in the name of another app`);
      }
    }
  }

  #openSpend(found: Found, subject: Subject, request: PlatformRequest, arrivedAt: number): Spend | null {
    const rules = (found.platform.spends ?? usualSpends).filter(({ operation }) => operation === found.operation);
    const [traded] = rules.flatMap(({ kind, at }) => valuesAt([at], request).map((value) => ({ kind, value })));
    if (!traded) {
      return null;
    }
    const { kind, value } = traded;
    const { platform, accountId } = subject;
    const clientId = subject.clientId ?? '';
    const arrival = { kind, platform, clientId, accountId, arrivedAt, tokenHash: sha256(value) };
    if (kind === 'code') {
      const issued = this.#world.codes.get(value);
      const ofCode = { accountId: issued?.accountId ?? null, replay: issued?.used ?? false, singleUse: true };
      return this.#world.ledger.openSpend({ ...arrival, ...ofCode, grantId: null });
    }
    const token = this.#world.tokens.find(value);
    const replay = token ? this.#world.isReplay(token) : false;
    const singleUse = token ? this.#world.isSingleUse(token) : false;
    const spend = this.#world.ledger.openSpend({ ...arrival, grantId: token?.grant.id ?? null, replay, singleUse });
    if (spend.overlap) {
      const what = kind === 'refresh' ? 'a refresh token was sent' : 'a token was sent for exchange';
      this.#complain(subject, `${what} while another request with it was still in flight`);
    }
    return spend;
  }

  #perform(found: Found, request: PlatformRequest, subject: Subject, spend: Spend | null): Answer {
    const token = this.#world.tokens.findByHash(spend?.tokenHash ?? '');
    if (spend && token) {
      spend.replay ||= this.#world.isReplay(token);
    }
    const call: Call = {
      request,
      params: found.params,
      world: this.#world,
      platform: found.platform,
      now: this.#world.clocks.now(found.platform.name),
      complain: (text) => this.#complain(subject, text),
    };
    return found.route.answer(call);
  }

  #complain(subject: Subject, text: string): void {
    const { platform, operation, clientId } = subject;
    this.#world.ledger.complain({ at: this.#world.clocks.machine(), platform, operation, clientId, text });
  }

  #close(spend: Spend | null, response: ServerResponse, genuine: boolean, carried: readonly Token[]): void {
    const delivered = genuine && response.writableFinished;
    for (const token of carried) {
      token.delivered = delivered;
    }
    if (spend) {
      const status = response.headersSent ? response.statusCode : null;
      this.#world.ledger.closeSpend(spend, this.#world.clocks.machine(), { status, delivered });
    }
  }
}

/** Whether the platform does its work before the fault shows. */
const reachesPlatform = (fault: Fault): boolean =>
  fault.kind === 'delay' || fault.kind === 'answer-lost' || fault.afterEffect === true;

function subjectOf({ platform, operation }: Found, request: PlatformRequest, presented: readonly Token[]): Subject {
  const [named] = valuesAt((platform.carriers ?? usualCarriers).clientIds, request);
  const grant = presented.find((token) => token.grant.platform === platform.name)?.grant;
  return {
    platform: platform.name,
    operation,
    clientId: named ?? grant?.clientId ?? null,
    accountId: grant?.accountId ?? null,
  };
}
