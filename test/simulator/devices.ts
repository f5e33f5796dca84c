import { ControlError } from './directory.ts';
import type { DeviceAnswer } from './model.ts';

/** A device that waits for a person. Instants are by the platform's clock. */
export interface WaitingDevice {
  platform: string;
  clientId: string;
  deviceCode: string;
  userCode: string;
  scopes: readonly string[];
  intervalSeconds: number;
  expiresAt: number;
  status: 'waiting' | 'approved' | 'denied' | 'served';
  /** Who approved. */
  accountId: string | null;
  lastPolledAt: number | null;
}

/** What a poll meets. `gone` is wrong, expired, served before, or another app's. */
export type Poll = { verdict: 'waiting' | 'too-soon' | 'denied' | 'gone' } | { verdict: 'approved'; device: Approved };

export type Approved = WaitingDevice & { accountId: string };

/** A client's timer may run this much early. */
const toleranceMs = 100;

/** All devices that ever asked to be let in. */
export class Devices {
  readonly #byDeviceCode = new Map<string, WaitingDevice>();

  open(device: Omit<WaitingDevice, 'status' | 'accountId' | 'lastPolledAt'>): void {
    this.#byDeviceCode.set(device.deviceCode, { ...device, status: 'waiting', accountId: null, lastPolledAt: null });
  }

  /** The person's answer. */
  answer({ platform, userCode, accountId, approve, scopes }: DeviceAnswer, now: number): void {
    const device = [...this.#byDeviceCode.values()].find(
      (one) => one.platform === platform && one.userCode === userCode,
    );
    if (!device || device.expiresAt <= now) {
      throw new ControlError(`no device waits on ${platform} with user code "${userCode}"`);
    }
    if (device.status !== 'waiting') {
      throw new ControlError(`the device with user code "${userCode}" was answered already: ${device.status}`);
    }
    device.status = approve ? 'approved' : 'denied';
    device.accountId = accountId;
    device.scopes = scopes ?? device.scopes;
  }

  /** One poll. An approval is handed out once. */
  poll(asking: { platform: string; clientId: string; deviceCode: string }, now: number): Poll {
    const device = this.#byDeviceCode.get(asking.deviceCode);
    const isTheirs = device?.platform === asking.platform && device.clientId === asking.clientId;
    if (!device || !isTheirs || device.expiresAt <= now || device.status === 'served') {
      return { verdict: 'gone' };
    }
    const sinceMs = now - (device.lastPolledAt ?? -Infinity);
    device.lastPolledAt = now;
    if (sinceMs < device.intervalSeconds * 1000 - toleranceMs) {
      return { verdict: 'too-soon' };
    }
    if (device.status !== 'approved' || device.accountId === null) {
      return { verdict: device.status === 'denied' ? 'denied' : 'waiting' };
    }
    device.status = 'served';
    return { verdict: 'approved', device: { ...device, accountId: device.accountId } };
  }

  all(): WaitingDevice[] {
    return [...this.#byDeviceCode.values()];
  }
}
