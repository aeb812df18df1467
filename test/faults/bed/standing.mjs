// Processes that run one command after the other, with their code loaded and compiled: most of what a short command costs.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const program = resolve(import.meta.dirname, '../../support/processes/standing-keel.mjs');

/**
 * Answers `run(command)` with how it ended. `environment` says what a process must not outlive, such as a keychain that was started
 * anew: a process remembers whom it spoke to. `derivations` is a folder for what they share of that work.
 */
export function standingProcesses(flags, environment, derivations) {
  const idle = [];
  const all = new Set();

  function start() {
    const child = fork(program, [derivations], {
      env: { PATH: process.env.PATH },
      execArgv: flags,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const one = { child, since: environment() };
    all.add(one);
    child.once('exit', () => forget(one));
    return one;
  }

  function forget(one) {
    all.delete(one);
    const at = idle.indexOf(one);
    if (at >= 0) idle.splice(at, 1);
  }

  function take() {
    const one = idle.pop();
    if (!one) return start();
    if (one.since === environment()) return one;
    one.child.kill('SIGKILL');
    return take();
  }

  return {
    async run({ args, env, longestMs }) {
      const one = take();
      const { child } = one;
      let stderr = '';
      let isHung = false;
      const limit = setTimeout(() => {
        isHung = true;
        child.kill('SIGKILL');
      }, longestMs);
      const ended = await new Promise((done) => {
        let last = { status: null, stdout: '' };
        const hear = (message) => {
          if (message.talk !== undefined) stderr += message.talk;
          else if (message.isSpent) last = message;
          else settle(message);
        };
        const leave = (_, signal) => settle({ ...last, signal: last.status === null ? signal : null });
        const settle = (how) => {
          child.off('message', hear).off('exit', leave);
          done(how);
        };
        child.on('message', hear).once('exit', leave);
        child.send({ args, env });
      });
      clearTimeout(limit);
      if (all.has(one)) idle.push(one);
      return { status: ended.status, signal: ended.signal ?? null, isHung, stdout: ended.stdout, stderr };
    },
    async close() {
      await Promise.all(
        [...all].map(async ({ child }) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const ended = once(child, 'exit');
          child.kill('SIGKILL');
          await ended;
        }),
      );
    },
  };
}
