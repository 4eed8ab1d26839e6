/**
 * Running a command once: how long it takes, or what it says of itself, and the most memory that it has.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Settings that add work to every start of Node or Java, which is not what is measured: NODE_EXTRA_CA_CERTS alone can make
 * bare Node take three times as long.
 */
const SETTINGS = /^(NODE_.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS)$/;

/** Those that are set where this runs, and that no command gets. */
export const leftOutSettings = Object.keys(process.env).filter((name) => SETTINGS.test(name));

/** What a command sees. */
function environment(own) {
  const others = Object.entries(process.env).filter(([name]) => !SETTINGS.test(name));
  return { ...Object.fromEntries(others), LC_ALL: 'C', ...own };
}

/** Seconds on the clock and, as bash counts them for its children, of the processor. */
export function measureTime({ label, argv, env }) {
  const script = 'TIMEFORMAT="%R %U %S"; exec 3>&2; { time "$@" >/dev/null 2>&3; } 2>&1';
  const { status, stdout, stderr, error } = spawnSync('bash', ['-c', script, 'bash', ...argv], {
    encoding: 'utf8',
    env: environment(env),
  });
  if (status !== 0) throw new Error(`${label} failed: ${error?.message ?? stderr}`);
  const [wall, user, system] = stdout.trim().split(' ').map(Number);
  return { wall, processor: user + system };
}

/** What a command that measures a part of its work says of it. */
export function measureFigure({ label, argv, env, figure }) {
  const [program, ...words] = argv;
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8', env: environment(env) });
  if (status !== 0) throw new Error(`${label} failed: ${error?.message ?? stderr}`);
  return figure(stdout);
}

/** How often the memory of a process is looked at, in milliseconds. */
const INTERVAL = 5;

/**
 * The peak of the resident memory, in bytes. The system keeps it (proc_pid_status(5), VmHWM) for as long as the process is
 * there, so that only what it takes in its last milliseconds can be missed. Not a number where there is no such file.
 */
export async function measurePeak({ label, argv, env }) {
  const [program, ...words] = argv;
  const child = spawn(program, words, { stdio: 'ignore', env: environment(env) });
  let peak = Number.NaN;
  const timer = setInterval(() => {
    peak = readPeak(child.pid) ?? peak;
  }, INTERVAL);
  try {
    const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
    if (status !== 0) throw new Error(`${label} failed with status ${status}`);
    return peak;
  } finally {
    clearInterval(timer);
  }
}

function readPeak(pid) {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return match === null ? null : Number(match[1]) * 1024;
  } catch {
    return null;
  }
}
