import { readFileSync, writeFileSync } from 'node:fs';

/** What a child process is started with (`node --import`): its wall clock is off by what a file says, from then on. */
const file = process.env.CLOCK_SHIFT_FILE ?? '';
const now = Date.now;
let shiftMs = 0;

function look(): void {
  const told = Number(readFileSync(file, 'utf8'));
  if (told === shiftMs) return;
  shiftMs = told;
  // Whoever moves the clock waits until it has moved.
  writeFileSync(`${file}.seen`, String(told));
}

Date.now = () => now() + shiftMs;
look();
setInterval(look, 20).unref();
