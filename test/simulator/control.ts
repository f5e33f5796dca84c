import type { ControlCalls } from './control-calls.ts';

type Input<Name extends keyof ControlCalls> = ControlCalls[Name]['input'];
type Output<Name extends keyof ControlCalls> = Promise<ControlCalls[Name]['output']>;

/** The simulator's control connection: changes the world and asks the ledger. Throws what the simulator says is wrong. */
export class SimulatorControl {
  readonly #controlUrl: string;

  constructor(controlUrl: string) {
    this.#controlUrl = controlUrl;
  }

  /** Defaults: confidential, a new secret, no rotation, not in testing. */
  createApp(input: Input<'createApp'>): Output<'createApp'> {
    return this.#call('createApp', input);
  }

  /** Changes what is named, also `suspended`, lifetimes and quirks. */
  updateApp(input: Input<'updateApp'>): Output<'updateApp'> {
    return this.#call('updateApp', input);
  }

  /** The old secret is refused from now on. */
  rotateAppSecret(input: Input<'rotateAppSecret'>): Output<'rotateAppSecret'> {
    return this.#call('rotateAppSecret', input);
  }

  createAccount(input: Input<'createAccount'>): Output<'createAccount'> {
    return this.#call('createAccount', input);
  }

  /** Changes what is named, also `channelId`. */
  updateAccount(input: Input<'updateAccount'>): Output<'updateAccount'> {
    return this.#call('updateAccount', input);
  }

  /** A page or an organization. Defaults: a page of no portfolio, without an Instagram account. */
  createAsset(input: Input<'createAsset'>): Output<'createAsset'> {
    return this.#call('createAsset', input);
  }

  updateAsset(input: Input<'updateAsset'>): Output<'updateAsset'> {
    return this.#call('updateAsset', input);
  }

  /** What the person may do on the asset from now on. */
  setRoles(input: Input<'setRoles'>): Output<'setRoles'> {
    return this.#call('setRoles', input);
  }

  /** Something happens to an account in the field. A platform that does not know it refuses, and says what it knows. */
  strike(input: Input<'strike'>): Output<'strike'> {
    return this.#call('strike', input);
  }

  /** It is put right again. What the platform really killed stays dead: where that is all, the call is refused. */
  cure(input: Input<'cure'>): Output<'cure'> {
    return this.#call('cure', input);
  }

  /** What can happen to accounts of a platform. */
  causes(input: Input<'causes'>): Output<'causes'> {
    return this.#call('causes', input);
  }

  /** The person answers a device that shows a user code. */
  answerDevice(input: Input<'answerDevice'>): Output<'answerDevice'> {
    return this.#call('answerDevice', input);
  }

  /** Ends the person's grants, as far as the platform does so: the cause `password-changed`. */
  changePassword(input: Input<'changePassword'>): Output<'changePassword'> {
    return this.#call('changePassword', input);
  }

  /** The person removes the app in the account's settings: the cause `disconnected`. */
  disconnect(input: Input<'disconnect'>): Output<'disconnect'> {
    return this.#call('disconnect', input);
  }

  /** What the platform would post about the end of this login; it ends nothing. */
  signal(input: Input<'signal'>): Output<'signal'> {
    return this.#call('signal', input);
  }

  endGrant(input: Input<'endGrant'>): Output<'endGrant'> {
    return this.#call('endGrant', input);
  }

  /** Access tokens stop working at once; refresh tokens go on. */
  endAccessTokens(filter: Input<'endAccessTokens'>): Output<'endAccessTokens'> {
    return this.#call('endAccessTokens', filter);
  }

  /** A grant of any age, as if the person had consented and the tokens had been fetched then. */
  mintGrant(input: Input<'mintGrant'>): Output<'mintGrant'> {
    return this.#call('mintGrant', input);
  }

  addFault(input: Input<'addFault'>): Output<'addFault'> {
    return this.#call('addFault', input);
  }

  removeFault(input: Input<'removeFault'>): Output<'removeFault'> {
    return this.#call('removeFault', input);
  }

  clearFaults(input: Input<'clearFaults'> = {}): Output<'clearFaults'> {
    return this.#call('clearFaults', input);
  }

  /** Faults in force, with how many requests each has met. */
  faults(): Output<'faults'> {
    return this.#call('faults', {});
  }

  /** Moves a platform's clock on by so many milliseconds (back when negative), from where it stands. */
  shiftClock(input: Input<'shiftClock'>): Output<'shiftClock'> {
    return this.#call('shiftClock', input);
  }

  summary(filter: Input<'summary'> = {}): Output<'summary'> {
    return this.#call('summary', filter);
  }

  grants(filter: Input<'grants'> = {}): Output<'grants'> {
    return this.#call('grants', filter);
  }

  /** Every token issued, by hash, with its intervals of being alive. */
  tokens(filter: Input<'tokens'> = {}): Output<'tokens'> {
    return this.#call('tokens', filter);
  }

  spends(filter: Input<'spends'> = {}): Output<'spends'> {
    return this.#call('spends', filter);
  }

  complaints(filter: Input<'complaints'> = {}): Output<'complaints'> {
    return this.#call('complaints', filter);
  }

  /** Was this token (its value) alive at that instant? */
  tokenAt(input: Input<'tokenAt'>): Output<'tokenAt'> {
    return this.#call('tokenAt', input);
  }

  /** Every token, code and client secret ever given out, in clear. Client secrets are not narrowed by app. */
  secrets(filter: Input<'secrets'> = {}): Output<'secrets'> {
    return this.#call('secrets', filter);
  }

  async #call<Name extends keyof ControlCalls>(name: Name, input: Input<Name>): Output<Name> {
    const response = await fetch(`${this.#controlUrl}/${name}`, { method: 'POST', body: JSON.stringify(input) });
    const body = (await response.json()) as ControlCalls[Name]['output'] & { error?: string };
    if (!response.ok) {
      throw new Error(`simulator refused ${name}: ${body.error}`);
    }
    return body;
  }
}
