import type { Complaint, LedgerFilter, LedgerSummary, Spend } from './ledger-entries.ts';
import type {
  Account,
  AccountInput,
  App,
  AppInput,
  Asset,
  AssetInput,
  Cause,
  CauseInput,
  DeviceAnswer,
  Fault,
  FaultInput,
  GrantView,
  MintedGrant,
  MintInput,
  RolesInput,
  Secret,
  TokenState,
  TokenView,
} from './model.ts';
import type { Signal, SignalInput } from './signals.ts';

/** Every call of the control connection: name, what it takes, what it returns. */
export interface ControlCalls {
  createApp: { input: AppInput; output: App };
  updateApp: { input: AppInput; output: App };
  rotateAppSecret: { input: Pick<App, 'platform' | 'clientId'> & { clientSecret?: string }; output: App };
  createAccount: { input: AccountInput; output: Account };
  updateAccount: { input: AccountInput; output: Account };
  createAsset: { input: AssetInput; output: Asset };
  updateAsset: { input: AssetInput; output: Asset };
  setRoles: { input: RolesInput; output: { roles: string[] } };
  strike: { input: CauseInput; output: { ended: number } };
  cure: { input: CauseInput; output: { cured: number } };
  causes: { input: { platform: string }; output: Cause[] };
  answerDevice: { input: DeviceAnswer; output: { approved: boolean } };
  changePassword: { input: Pick<Account, 'platform' | 'id'>; output: { ended: number } };
  disconnect: { input: { platform: string; clientId: string; accountId: string }; output: { ended: number } };
  signal: { input: SignalInput; output: Signal };
  endGrant: { input: { grantId: string }; output: { ended: number } };
  endAccessTokens: { input: LedgerFilter; output: { ended: number } };
  mintGrant: { input: MintInput; output: MintedGrant };
  addFault: { input: FaultInput; output: Fault };
  removeFault: { input: { id: number }; output: { removed: boolean } };
  clearFaults: { input: { platform?: string }; output: { removed: number } };
  faults: { input: Record<string, never>; output: Fault[] };
  shiftClock: { input: { platform: string; byMs: number }; output: { shiftMs: number } };
  summary: { input: LedgerFilter; output: LedgerSummary };
  grants: { input: LedgerFilter; output: GrantView[] };
  tokens: { input: LedgerFilter; output: TokenView[] };
  spends: { input: LedgerFilter; output: Spend[] };
  complaints: { input: LedgerFilter; output: Complaint[] };
  tokenAt: { input: { value: string; at: number }; output: TokenState };
  secrets: { input: LedgerFilter; output: Secret[] };
}
