import { readFileSync } from 'node:fs';
import { sleep } from '../test/harness/wait.ts';
import { median } from './results.ts';

/** Linux counts CPU time in hundredths of a second (sysconf _SC_CLK_TCK is 100 on every architecture Node runs on). */
const TICK_MS = 10;

/** CPU time of a process since its start, user and system, milliseconds. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command's name may hold spaces; fields are counted from behind its closing parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function statusMiB(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${field}:`));
  return Number(line?.match(/\d+/)?.[0]) / 1024;
}

export function peakMiB(pid: number): number {
  return statusMiB(pid, 'VmHWM');
}

/** V8 gives memory back some seconds after the last work; a process that is idle has long done so. */
const QUIET_SECONDS = 15;

/** Waits until the process has done next to nothing for a while, a minute at most, then answers its median resident memory. */
export async function restingMiB(pid: number): Promise<number> {
  for (let left = 60, quiet = 0; left > 0 && quiet < QUIET_SECONDS; left -= 1) {
    const before = cpuMs(pid);
    await sleep(1_000);
    quiet = cpuMs(pid) - before <= 50 ? quiet + 1 : 0;
  }
  const samples: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    samples.push(statusMiB(pid, 'VmRSS'));
    await sleep(500);
  }
  return median(samples);
}
