import { randomBytes } from 'node:crypto';
import type { Answer } from './platform.ts';

/** What a graph host says is wrong. */
export interface GraphProblem {
  /** Absent is 400. */
  status?: number;
  code: number;
  subcode?: number;
  message: string;
  /** Absent is `OAuthException`, which says nothing. */
  type?: string;
  isTransient?: boolean;
  title?: string;
  data?: object;
}

const traceId = (): string => `A${randomBytes(16).toString('base64url')}`;

/** The envelope of all graph hosts. */
export function graphError(problem: GraphProblem): Answer {
  const { status = 400, code, subcode, message, type = 'OAuthException', isTransient, title, data } = problem;
  const error = {
    message,
    type,
    code,
    ...(subcode !== undefined && { error_subcode: subcode }),
    ...(isTransient !== undefined && { is_transient: isTransient }),
    ...(title !== undefined && { error_user_title: title, error_user_msg: message }),
    ...(data !== undefined && { error_data: data }),
    fbtrace_id: traceId(),
  };
  return { status, body: { error } };
}

/** This code or token is refused, not the request. */
export const rejected = (answer: Answer): Answer => ({ ...answer, outcome: 'rejected' });

/** How the hosts speak that take the codes of Instagram and Threads. */
export const flatError = (message: string): Answer => {
  return { status: 400, body: { error_type: 'OAuthException', code: 400, error_message: message } };
};

/** The client's own mistake. */
export const requestBug = (text: string): GraphProblem => ({ code: 100, message: `(#100) ${text}` });

/** Also where one asks with the secret of another app, or for what is not to be had. */
export const unsupportedMethod = (method: string, type = 'IGApiException'): GraphProblem => {
  return { code: 100, type, message: `Unsupported request - method type: ${method.toLowerCase()}` };
};

/** The object is not there, or not for this token. */
export const invisible = (id: string): GraphProblem => ({
  code: 100,
  subcode: 33,
  type: 'GraphMethodException',
  message: `Unsupported get request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
});

/** Not granted, taken back, or not approved for the app: the codes do not tell. */
export const lacksPermission = (code: 10 | 200, what: string): GraphProblem => {
  return { status: 403, code, message: `(#${code}) This call requires ${what}` };
};

/** The account became a personal one. */
export const notBusiness = (): GraphProblem => ({ code: 10, message: '(#10) The user is not an Instagram Business' });

export const apiBlocked = (): GraphProblem => ({ code: 200, message: 'API access blocked.' });

/** Code 1 at Facebook, 100 elsewhere. */
export const wrongSecret = (code: 1 | 100): GraphProblem => ({ code, message: 'Error validating client secret.' });

/** Also where id and secret do not belong together. */
export const unknownApp = (): GraphProblem => ({
  code: 101,
  message: 'Error validating application. Cannot get application info due to a system error.',
});

export const retiredVersion = (newest: string): GraphProblem => ({
  code: 2635,
  message: `(#2635) You are calling a deprecated version of the API. Please update to the latest version: ${newest}.`,
});
