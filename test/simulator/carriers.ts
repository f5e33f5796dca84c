import type { Spend } from './ledger-entries.ts';
import type { Operation } from './model.ts';
import type { PlatformRequest } from './platform.ts';
import { basicCredentials, oauth1Parameters } from './request.ts';

/** A place in requests, read: the values that this one carries there. */
export type Place = (request: PlatformRequest) => readonly string[];

/** Where a platform's requests name tokens and the app. The first value found says who the request is about. */
export interface Carriers {
  tokens: readonly Place[];
  clientIds: readonly Place[];
}

/** Requests of this operation that carry a value there trade it for tokens. */
export interface SpendRule {
  operation: Operation;
  kind: Spend['kind'];
  at: Place;
}

const listOf = (value: unknown): string[] => (typeof value === 'string' && value !== '' ? [value] : []);

export const inForm =
  (name: string): Place =>
  ({ form }) =>
    form.getAll(name);

export const inQuery =
  (name: string): Place =>
  ({ query }) =>
    query.getAll(name);

/** A member of a JSON body. */
export const inJson =
  (name: string): Place =>
  ({ json }) =>
    listOf(json?.[name]);

/** In the form or in the query. */
export const parameter =
  (name: string): Place =>
  ({ form, query }) => [...form.getAll(name), ...query.getAll(name)];

export const inHeader =
  (name: string): Place =>
  ({ headers }) =>
    listOf(headers[name.toLowerCase()]);

/** The token of an Authorization header, whatever its scheme is called. */
export const authorization: Place = ({ headers }) => listOf(headers.authorization?.split(' ').at(-1));

/** The client id of a Basic Authorization header. */
export const basicUser: Place = (request) => listOf(basicCredentials(request)?.user);

/** A parameter of an OAuth 1.0a Authorization header: `oauth_token`, `oauth_consumer_key`. */
export const inOauth1 =
  (name: string): Place =>
  (request) =>
    listOf(oauth1Parameters(request)?.[name]);

export const usualCarriers: Carriers = {
  tokens: [parameter('refresh_token'), parameter('access_token'), parameter('token'), authorization],
  clientIds: [parameter('client_id'), inHeader('client-id')],
};

export const usualSpends: readonly SpendRule[] = [
  { operation: 'token', kind: 'refresh', at: inForm('refresh_token') },
  { operation: 'token', kind: 'code', at: inForm('code') },
];

/** All values that a request carries in these places, in their order. */
export const valuesAt = (places: readonly Place[], request: PlatformRequest): string[] =>
  places.flatMap((place) => place(request)).filter((value) => value !== '');
