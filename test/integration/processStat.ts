/**
 * What Linux says about a process: CPU time and priority, from /proc/PID/stat (proc(5)).
 */
import { readFileSync } from 'node:fs';

/** The fields after the command name: index 0 is the state, 11 and 12 user and system ticks, 16 the nice value. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** User and system time of all threads, in ticks of 10 ms. */
export function cpuTicks(pid: number): number {
  const fields = statFields(pid);
  return Number(fields[11]) + Number(fields[12]);
}

export function niceValue(pid: number): number {
  return Number(statFields(pid)[16]);
}
