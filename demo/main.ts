import { serverBinaries } from '../test/servers/binaries.ts';
import { assemble, type Cast } from './cast.ts';
import { Screen, wrapped } from './screen.ts';
import { story } from './story.ts';

const help = `The story of a streaming team on real servers: a channel of each platform in code, and one by YAML.

  make demo            live in this terminal, until Ctrl-C
  make demo ONCE=1     the same story without a terminal: each step is checked, then everything is removed;
                       exit code 0, or 1 with the step that did not come true

It starts etcd, kube-apiserver, kube-controller-manager, Vault, a platform simulator and an OAuth server on
loopback, and the operator with the permissions it ships with. Nothing outside of this machine is reached.
`;

/** Plays the story; each line goes to `tell`. Answers the title of the step that failed, if one did. */
async function play(cast: Cast, tell: (line: string) => void): Promise<string | undefined> {
  for (const [index, { title, play: playStep }] of story.entries()) {
    tell(`${index + 1}/${story.length} ${title} ...`);
    try {
      tell(`    ok  ${await playStep(cast)}`);
    } catch (error) {
      tell(`    FAILED  ${error instanceof Error ? error.message : String(error)}`);
      return title;
    }
  }
  return undefined;
}

async function once(): Promise<number> {
  const startedAt = Date.now();
  const say = (line: string) => process.stdout.write(`${wrapped(line).join('\n')}\n`);
  const cast = await assemble(say);
  try {
    const failed = await play(cast, say);
    if (failed === undefined) {
      say(`The whole story came true in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
      say('In a cluster of yours: kubectl socialchannel status, describe, forecast, doctor (docs/cli.md).');
      return 0;
    }
    say(`The step "${failed}" did not come true. The operator's last lines:`);
    say(cast.operator.output().split('\n').slice(-25).join('\n'));
    return 1;
  } finally {
    await cast.close();
  }
}

async function live(): Promise<number> {
  const cast = await assemble((line) => process.stdout.write(`${line}\n`));
  const { promise: interrupted, resolve } = Promise.withResolvers<void>();
  process.once('SIGINT', resolve);
  process.once('SIGTERM', resolve);
  const screen = new Screen(cast);
  const told = play(cast, (line) => screen.tell(line)).then((failed) =>
    screen.tell(
      failed === undefined
        ? 'The story is over; the channels go on being refreshed. The plugin tells it too: node src/cli.ts status'
        : `Ended at: ${failed}`,
    ),
  );
  await Promise.race([interrupted, told.then(() => interrupted)]);
  screen.stop();
  process.stdout.write('\nStopping the operator and the servers, removing their data ...\n');
  await cast.close();
  return 0;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(help);
    return;
  }
  await serverBinaries();
  const isOnce = args.includes('--once') || process.stdout.isTTY !== true;
  process.exit(await (isOnce ? once() : live()));
}

await main();
