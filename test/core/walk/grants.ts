import { channelPath, type MemoryVault } from './vault.ts';

/** The record of a grant as it lies in Vault, as far as the ledger compares it. */
export interface RawGrant {
  readonly epoch: number;
  readonly generation: number;
  readonly identity: { readonly namespaceUid: string };
  /** Id of the consent by the page that it came by. */
  readonly consent?: string;
  readonly account?: { readonly id: string };
  readonly claim?: { readonly id: string; readonly holder: string; readonly fingerprint: string };
  readonly verdict?: { readonly at: string; readonly reason: string };
  readonly tokens: { readonly access?: string; readonly refresh?: string; readonly accessRefusedAt?: string };
}

/** What Vault holds now, without asking anybody; undefined where there is no grant, or only a tombstone. */
export function grantOf(vault: MemoryVault): RawGrant | undefined {
  const data = vault.newest(`${channelPath}/grant`)?.data;
  return data?.state === 'Present' ? (data as unknown as RawGrant) : undefined;
}

interface RawParked {
  readonly answers?: readonly { readonly answer?: { readonly refresh?: string; readonly access?: string } }[];
}

export function tokensParked(vault: MemoryVault): ReadonlySet<string | undefined> {
  const { answers = [] } = (vault.newest(`${channelPath}/parked`)?.data ?? {}) as RawParked;
  return new Set(
    answers.flatMap(({ answer }) => [answer?.refresh, answer?.access]).filter((token) => token !== undefined),
  );
}
