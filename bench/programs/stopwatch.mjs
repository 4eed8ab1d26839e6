/** What the programs here print: how long one part of their work takes, without the start of Node and all that leads up to it. */

/** How much of the processor both sides of a comparison have to warm up: V8 compiles what runs often, and does so beside the work. */
const WARM_UP_SECONDS = 2;

/** Runs work once and prints its time in seconds, on the clock and of the processor, and how much it was. */
export async function timeAndPrint(work, { count, unit }) {
  const [start, used] = [process.hrtime.bigint(), process.cpuUsage()];
  await work();
  const wall = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(used);
  console.log(JSON.stringify({ wall, processor: (user + system) / 1e6, count, unit }));
}

/** Does the same thing over and over until it is as quick as it gets. */
export async function warmUp(work) {
  const secondsUsed = () => process.cpuUsage().user / 1e6;
  for (const end = secondsUsed() + WARM_UP_SECONDS; secondsUsed() < end; ) await work();
}
