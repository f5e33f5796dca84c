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

/** Waits until the process does next to nothing, for 30 seconds at most, then answers its median resident memory. */
export async function restingMiB(pid: number): Promise<number> {
  for (let left = 30; left > 0; left -= 1) {
    const before = cpuMs(pid);
    await sleep(1_000);
    if (cpuMs(pid) - before <= 50) break;
  }
  const samples: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    samples.push(statusMiB(pid, 'VmRSS'));
    await sleep(500);
  }
  return median(samples);
}
