import { ControlError } from './directory.ts';
import type { Asset, AssetInput, RolesInput } from './model.ts';

const keyOf = (...parts: readonly string[]): string => parts.join('/');

/** Pages and organizations, and who may do what on them. */
export class Assets {
  readonly #assets = new Map<string, Asset>();
  readonly #roles = new Map<string, readonly string[]>();

  find(platform: string, id: string): Asset | undefined {
    return this.#assets.get(keyOf(platform, id));
  }

  asset(platform: string, id: string): Asset {
    const asset = this.find(platform, id);
    if (!asset) {
      throw new ControlError(`no asset "${id}" on ${platform}; call createAsset first`);
    }
    return asset;
  }

  create(input: AssetInput): Asset {
    if (this.find(input.platform, input.id)) {
      throw new ControlError(`asset "${input.id}" on ${input.platform} exists already; use updateAsset`);
    }
    const usual = { kind: 'page', name: `asset ${input.id}`, inPortfolio: false, instagram: null } as const;
    const asset: Asset = { ...usual, condition: 'ok', ...input };
    this.#assets.set(keyOf(asset.platform, asset.id), asset);
    return asset;
  }

  update(input: AssetInput): Asset {
    return Object.assign(this.asset(input.platform, input.id), input);
  }

  setRoles({ platform, accountId, assetId, roles }: RolesInput): void {
    this.#roles.set(keyOf(platform, accountId, assetId), roles);
  }

  /** Tasks or role names; empty is none at all. */
  roles(platform: string, accountId: string, assetId: string): readonly string[] {
    return this.#roles.get(keyOf(platform, accountId, assetId)) ?? [];
  }

  /** Assets on which the person has any role, in the order in which they were made. */
  of(platform: string, accountId: string): Asset[] {
    return [...this.#assets.values()].filter(
      (asset) => asset.platform === platform && this.roles(platform, accountId, asset.id).length > 0,
    );
  }
}
