// Runs a program of the tests whose output nobody watches, and ends it if it hangs: a run that never ends says nothing of what it saw.
import { spawn, spawnSync } from 'node:child_process';

/** The line with which a run of tests ends, as the count reporters write it. */
const count = /^(?:e2e: )?\d+ passed, (\d+) failed/m;

/**
 * Passes on what the program writes, and answers its exit code. A program that writes nothing for `silenceMs` is killed with what it
 * started, after the processes that are there were listed: it failed. One that has written its count, and does not end within
 * `endMs`, is killed too, and its count tells whether it failed.
 */
export async function runWatched(command, args, { silenceMs, endMs }) {
  const program = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const passOn = (signal) => endGroup(program.pid, signal);
  for (const signal of signals) process.on(signal, passOn);
  let last = '';
  let code;
  const hangs = () => {
    const counted = count.exec(last);
    process.stderr.write(
      counted
        ? `\nUNSTEADY: ${args[0]} did not end within ${endMs / 1000} s after its last test, and was killed. Its processes:\n`
        : `\n${args[0]} wrote nothing for ${silenceMs / 1000} s, and was killed. Its processes:\n`,
    );
    process.stderr.write(processesOf(program.pid));
    code = counted?.[1] === '0' ? 0 : 1;
    endGroup(program.pid, 'SIGKILL');
  };
  let timer = setTimeout(hangs, silenceMs);
  const heard = (out) => (chunk) => {
    out.write(chunk);
    last = (last + chunk).slice(-2_000);
    clearTimeout(timer);
    timer = setTimeout(hangs, count.test(last) ? endMs : silenceMs);
  };
  program.stdout.on('data', heard(process.stdout));
  program.stderr.on('data', heard(process.stderr));
  try {
    return await new Promise((resolve, reject) => {
      program.once('error', reject);
      program.once('exit', (status) => resolve(code ?? status ?? 1));
    });
  } finally {
    clearTimeout(timer);
    for (const signal of signals) process.off(signal, passOn);
    program.stdout.destroy();
    program.stderr.destroy();
  }
}

/** The program is the leader of its group. */
function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // all of it has ended
  }
}

/** What the system shows of the group: state, what the kernel waits for, and time used. */
function processesOf(pid) {
  const columns = 'pid,ppid,pgid,stat,wchan:24,etime,time,args';
  const { stdout } = spawnSync('ps', ['-e', '-ww', '-o', columns], { encoding: 'utf8' });
  const [title, ...lines] = (stdout ?? '').split('\n');
  const own = lines.filter((line) => Number(line.trim().split(/\s+/)[2]) === pid);
  return `${[title, ...own].map((line) => (line ?? '').slice(0, 240)).join('\n')}\n`;
}
