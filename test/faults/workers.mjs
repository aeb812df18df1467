// The run's side of its workers.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = join(import.meta.dirname, 'worker.mjs');

/** Starts one, which opens its lane. `run(work)` answers `{ result }`, or `{ failed }` in words where it could not be judged. */
export function startWorker(options) {
  const child = fork(program, [JSON.stringify(options)]);
  const ended = once(child, 'exit');
  return {
    /** The names of the scenes that it has set up. */
    scenes: [],
    async run(work) {
      const answered = once(child, 'message');
      child.send({ work });
      const gone = ended.then(() => [{ failed: 'its worker ended' }]);
      const [answer] = await Promise.race([answered, gone]);
      if (answer.scenes) this.scenes = answer.scenes;
      return answer;
    },
    async close() {
      if (child.connected) child.send({ isOver: true });
      await ended;
    },
  };
}
