import v8 from "node:v8";

/**
 * Both halves of the new space. Letting V8 grow them to 64 MiB, as it does by itself, makes a restore of 14,310 objects
 * take 308 MB instead of 215, and not a hundredth of a second less.
 */
const NEW_SPACE_BYTES = 8 * 1024 * 1024;

const POLL_MS = 20;

/**
 * How much the old space may grow by before it is collected again. By itself V8 lets it double while a program is busy:
 * a restore of 100,000 objects then takes 350 MB instead of 230, and a twentieth less CPU.
 */
const OLD_SPACE_GROWTH_PERCENT = 50;

/**
 * Keeps V8 from growing the old space more than needed, and its new space further once it has the size that is enough. That size itself can only be given on
 * node's command line, which a program that is started by its name does not have; the factor by which it grows is read
 * at each collection.
 */
export function keepHeapLean(): void {
  v8.setFlagsFromString(`--heap-growing-percent=${OLD_SPACE_GROWTH_PERCENT}`);
  const poll = setInterval(() => {
    const newSpace = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
    if (newSpace === undefined || newSpace.space_size < NEW_SPACE_BYTES) return;
    v8.setFlagsFromString("--semi-space-growth-factor=1");
    clearInterval(poll);
  }, POLL_MS);
  poll.unref();
}
