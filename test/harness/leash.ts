import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A shell that holds the ids of our servers and kills them when its standard input ends, that is when this process is
 * gone for whatever reason, SIGKILL included. Interrupts are ignored, since Ctrl-C reaches the shell as well.
 */
const script = `
trap '' INT TERM HUP
held=
while read -r change pid; do
  case $change in
    hold) held="$held $pid";;
    free) kept=; for one in $held; do [ "$one" = "$pid" ] || kept="$kept $one"; done; held=$kept;;
  esac
done
[ -z "$held" ] || kill -KILL $held 2>/dev/null
`;

let shell: ChildProcess | undefined;

function leash(): NonNullable<ChildProcess['stdin']> {
  if (shell === undefined) {
    shell = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    shell.unref();
  }
  const { stdin } = shell;
  if (stdin === null) throw new Error('The shell that ends our servers has no standard input.');
  // Otherwise the open pipe would keep this process alive after its work is done.
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return stdin;
}

/** From now on the process `pid` does not outlive this one. */
export function holdProcess(pid: number): void {
  leash().write(`hold ${pid}\n`);
}

/** The process has ended; its id may soon belong to somebody else. */
export function freeProcess(pid: number): void {
  leash().write(`free ${pid}\n`);
}
