import { styleText } from 'node:util';
import { type Cast, rootTokenFile } from './cast.ts';
import { type Status, statuses } from './look.ts';

/** How to look for oneself, with every address that is needed. */
export function hints(cast: Cast): string[] {
  const { world, stage, operator } = cast;
  return [
    `export KUBECONFIG=${world.cluster.kubeconfig}`,
    `kubectl -n ${stage.namespace} get schan;  kubectl -n ${stage.namespace} describe schan twitch-live`,
    `node src/cli.ts status -n ${stage.namespace};  node src/cli.ts describe twitch-live -n ${stage.namespace}`,
    `kubectl -n ${stage.namespace} get secret twitch-live-token -o jsonpath='{.data.expires_at}' | base64 -d`,
    `curl http://${operator.opsAddress}/metrics;  curl http://${operator.opsAddress}/readyz`,
    `export VAULT_ADDR=${world.vault.url}`,
    `export VAULT_CACERT=${operator.files.ca}`,
    `export VAULT_TOKEN=$(cat ${rootTokenFile(world.folder)})`,
    `vault kv get social/${stage.vaultPrefix}/channels/${stage.namespace}/twitch-live/token`,
  ];
}

const COLOURS = { Connected: 'green', Expiring: 'yellow', NeedsReauth: 'red', Pending: 'gray' } as const;

/** The table of channels, at most 100 columns. */
export function table(found: ReadonlyMap<string, Status>, now: number, isColoured: boolean): string[] {
  const head = row('NAME', 'STATE', 'PLATFORM', 'ACCOUNT', 'REASON', 'TOKEN ENDS', 'GRANT');
  const rows = [...found].map(([name, status]) => {
    const state = status.state ?? 'Pending';
    const line = row(
      name,
      state,
      (status.platform ?? '').replace(/-[0-9a-f]{6}$/, ''),
      status.account?.handle ?? '',
      status.reason ?? '',
      remaining(status.accessTokenExpiryTime, now),
      status.generation === undefined ? '' : `${status.epoch}.${status.generation}`,
    );
    return isColoured ? line.replace(state, styleText(COLOURS[state], state)) : line;
  });
  return [head, ...rows];
}

const WIDTHS = [18, 12, 15, 15, 16, 11, 6] as const;

function row(...cells: string[]): string {
  return cells.map((cell, index) => cell.slice(0, (WIDTHS[index] ?? 10) - 1).padEnd(WIDTHS[index] ?? 10)).join('');
}

function remaining(at: string | undefined, now: number): string {
  if (at === undefined) return '';
  const leftS = Math.round((Date.parse(at) - now) / 1000);
  if (leftS > 86_400) return `in ${Math.round(leftS / 86_400)} d`;
  return leftS >= 0 ? `in ${leftS} s` : `${-leftS} s ago`;
}

const COLUMNS = 100;

/** Breaks a line at spaces so that it fits the screen; what follows is indented like its beginning. */
export function wrapped(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const indent = /^ */.exec(line)?.[0] ?? '';
    const lines: string[] = [];
    let rest = line;
    while (rest.length > COLUMNS) {
      const at = rest.lastIndexOf(' ', COLUMNS);
      if (at <= indent.length) break;
      lines.push(rest.slice(0, at));
      rest = `${indent}  ${rest.slice(at + 1)}`;
    }
    return [...lines, rest];
  });
}

/** Redraws table, chapters and hints in place, twice a second, until it is stopped. */
export class Screen {
  readonly #cast: Cast;
  readonly #chapters: string[] = [];
  readonly #timer: NodeJS.Timeout;
  #drawn = 0;

  constructor(cast: Cast) {
    this.#cast = cast;
    this.#timer = setInterval(() => void this.#draw().catch(() => {}), 500);
  }

  /** A line of the story. */
  tell(line: string): void {
    this.#chapters.push(line);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #draw(): Promise<void> {
    const found = await statuses(this.#cast.stage);
    const rows = table(found, Date.now(), process.stdout.isTTY === true);
    // Not broken at spaces: they are there to be copied.
    const hint = hints(this.#cast).map((line) => `  ${line}`);
    // What is taller than the screen cannot be redrawn in place.
    const room = (process.stdout.rows ?? 50) - rows.length - hint.length - 7;
    const lines = [
      '',
      ...rows,
      '',
      ...this.#chapters.flatMap(wrapped).slice(-Math.max(room, 4)),
      '',
      'Look for yourself, in another terminal:',
      ...hint,
      '',
      'Ctrl-C ends the demo and removes everything.',
    ];
    // Up to where the last picture began, and everything below it away: the new one may be shorter.
    const up = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\u001b[J`;
    process.stdout.write(`${up}${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }
}
