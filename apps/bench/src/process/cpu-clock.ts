import { readFileSync } from "node:fs";

/** Linux counts in hundredths of a second here, whatever the kernel's own tick (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** CPU seconds (user + system) that a running process has taken so far, its threads included. */
export function processCpuS(pid: number): number {
  return parseProcessStat(readFileSync(`/proc/${pid}/stat`, "utf8")) / TICKS_PER_SECOND;
}

/** CPU seconds that the whole machine has been busy with, since it started. */
export function machineCpuS(): number {
  return parseMachineStat(readFileSync("/proc/stat", "utf8")) / TICKS_PER_SECOND;
}

/** The name in parentheses may itself hold blanks and parentheses; utime and stime are the 12th and 13th field after it. */
export function parseProcessStat(text: string): number {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

/** user + nice + system + irq + softirq; idle, waiting for disks, and what a hypervisor took away are left out. */
export function parseMachineStat(text: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = text
    .slice(0, text.indexOf("\n"))
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return user + nice + system + irq + softirq;
}
