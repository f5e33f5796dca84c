import type { ObjectMeta } from '../api/metadata.ts';
import { labels, sharedSecretValue } from '../api/names.ts';
import type { SocialChannel } from '../api/resources.gen.ts';
import { CliError, type ExitCode, exitCodes } from './exit.ts';
import { bootstrapManifest, redactedText, type SecretPlace, understand, understoodText } from './import-text.ts';
import { findChannel, pathOf, type Session, tokenSecretOf } from './session.ts';
import { readTokens, type TokenInput } from './token-input.ts';

export interface ImportOptions {
  /** The text that was brought. */
  readonly read: () => Promise<string>;
  readonly secret?: string | undefined;
  readonly dryRun: boolean;
  readonly replace: boolean;
  readonly attach: boolean;
}

/** Puts tokens that exist into a bootstrap Secret. They come by file or standard input, and no value is ever printed. */
export async function importTokens(session: Session, name: string, options: ImportOptions): Promise<ExitCode> {
  const input = readTokens(await options.read());
  const channel = await findChannel(session, name);
  const place = { namespace: session.namespace, name: secretNameFor(name, channel, options.secret) };
  const look = session.look();
  session.print(understoodText(understand(input, place.name, look.now), input.notes, look));
  if (options.dryRun) {
    session.print(`\nNothing was written (--dry-run). It would be this Secret:\n\n${redactedText(place, input)}`);
    return exitCodes.Fine;
  }
  await write(session, place, input, options.replace);
  session.print(`Secret ${place.namespace}/${place.name} is written.\n`);
  session.print(await attached(session, name, channel, place, options.attach));
  return exitCodes.Fine;
}

function secretNameFor(name: string, channel: SocialChannel | undefined, chosen: string | undefined): string {
  const declared = channel?.spec.bootstrap?.secretRef.name;
  if (chosen !== undefined && declared !== undefined && chosen !== declared)
    throw new CliError(
      'Usage',
      `The channel reads Secret ${declared} (spec.bootstrap.secretRef), not ${chosen}. Leave out --secret. Nothing was written.`,
    );
  const secret = chosen ?? declared ?? `${name}-bootstrap`;
  if (channel !== undefined && secret === tokenSecretOf(channel))
    throw new CliError(
      'Usage',
      `Secret ${secret} is the one that this channel writes for pods; choose another. Nothing was written.`,
    );
  return secret;
}

async function write(
  { api }: Pick<Session, 'api'>,
  place: SecretPlace,
  input: TokenInput,
  replace: boolean,
): Promise<void> {
  const collection = `/api/v1/namespaces/${encodeURIComponent(place.namespace)}/secrets`;
  const path = `${collection}/${encodeURIComponent(place.name)}`;
  const named = `Secret ${place.namespace}/${place.name}`;
  const body = bootstrapManifest(place, input);
  const query = { fieldManager: 'kubectl-socialchannel' };
  if (!replace) {
    try {
      await api.call({ method: 'POST', path: collection, query, body, doing: `create ${named}` });
      return;
    } catch (error) {
      if (!(error instanceof CliError && error.status === 409)) throw error;
      throw new CliError(
        'Usage',
        `${named} exists already and was left as it is. --replace writes over it, if it is shared with the operator.`,
      );
    }
  }
  const existing = await api.find<{ metadata: ObjectMeta }>({
    path,
    accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    doing: `look for ${named}`,
  });
  if (existing === undefined) return write({ api }, place, input, false);
  if (existing.metadata.labels?.[labels.use] !== sharedSecretValue)
    throw new CliError(
      'Usage',
      `${named} exists and is not shared with the operator (label ${labels.use}), so it is somebody else's. Choose another by --secret. Nothing was written.`,
    );
  // Whole, so that no instant of earlier tokens stays behind; with the version, so that nobody's edit is lost.
  const metadata = { ...body.metadata, resourceVersion: existing.metadata.resourceVersion };
  await api.call({ method: 'PUT', path, query, body: { ...body, metadata }, doing: `replace ${named}` });
}

/** Whether the channel reads the Secret, and what is left to do. */
async function attached(
  session: Session,
  name: string,
  channel: SocialChannel | undefined,
  place: SecretPlace,
  attach: boolean,
): Promise<string> {
  const { namespace } = place;
  const follow = `Follow it: kubectl socialchannel describe -n ${namespace} ${name}\n`;
  if (channel?.spec.bootstrap !== undefined)
    return `SocialChannel ${namespace}/${name} imports it by itself. ${follow}`;
  const bootstrap = { secretRef: { name: place.name } };
  if (channel === undefined)
    return `There is no SocialChannel ${namespace}/${name} yet. Create it with:\n\n  spec:\n    bootstrap: { secretRef: { name: ${place.name} } }\n`;
  if (!attach)
    return `SocialChannel ${namespace}/${name} does not name it yet. Add to its manifest, or run this command with --attach:\n\n  spec:\n    bootstrap: { secretRef: { name: ${place.name} } }\n`;
  await session.api.call({
    method: 'PATCH',
    path: pathOf('SocialChannel', namespace, name),
    query: { fieldManager: 'kubectl-socialchannel' },
    contentType: 'application/merge-patch+json',
    body: { spec: { bootstrap } },
    doing: `set spec.bootstrap of SocialChannel ${namespace}/${name}`,
  });
  return `SocialChannel ${namespace}/${name} names it now in spec.bootstrap, and imports it by itself. ${follow}`;
}
