/** What the exit code says; documented in docs/cli.md. */
export const exitCodes = {
  Fine: 0,
  PersonNeeded: 1,
  Usage: 2,
  Unreachable: 3,
  Forbidden: 4,
  NotFound: 5,
  TimedOut: 6,
  Refused: 7,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The same for people, in the order of the codes. */
export const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  Fine: 'done, and nobody has to act',
  PersonNeeded: 'done, and somebody has to act: a channel needs a person, or doctor found a fault',
  Usage: 'the command, a flag, the input or the kubeconfig is wrong; nothing was changed',
  Unreachable: 'the API server cannot be reached, does not answer in time, or is not trusted',
  Forbidden: 'you are not logged in, or lack a permission; the message names it',
  NotFound: 'there is no such channel or Secret, or the cluster has no SocialChannels at all',
  TimedOut: 'what was waited for did not happen in time; it may still happen',
  Refused: 'the API server refused the request for another reason, or something unforeseen happened',
};

/** Ends the command with a sentence for the person and a code for scripts. The message holds no secret. */
export class CliError extends Error {
  readonly exit: keyof typeof exitCodes;
  readonly status: number | undefined;

  constructor(exit: keyof typeof exitCodes, message: string, status?: number) {
    super(message);
    this.name = 'CliError';
    this.exit = exit;
    this.status = status;
  }
}
