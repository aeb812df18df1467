// Recovery itself, of a rotation that was killed at its COMMIT: whatever strikes it, the next one tells the right key.
import { setTimeout as wait } from 'node:timers/promises';
import { isCommit } from '../kinds/line.mjs';
import { fresh, rotateFromFiles } from './scenes.mjs';

/** A rotation whose process died at COMMIT, which the server got or not. */
const interrupted = ({ isDelivered }) => ({
  name: isDelivered ? 'unheard' : 'unsent',
  usesKeychain: true,
  after: fresh,
  async build(lane, before) {
    let child;
    lane.proxy.arm({
      isAt: (_, text) => isCommit(text),
      async act(pair, message) {
        if (isDelivered) pair.far.write(message.bytes);
        pair.dropsAnswer = isDelivered;
        await wait(200);
        child.kill('SIGKILL');
        return false;
      },
    });
    const run = await lane.keel(rotateFromFiles(lane, 'a', 'b'), { onStart: (started) => (child = started) });
    if (run.signal !== 'SIGKILL') throw new Error(`it was not killed at COMMIT: ${run.stdout}${run.stderr}`);
    await lane.proxy.disarm();
    await withoutSessions(lane);
    return isDelivered ? { ...before, key: 'b', ring: ['a', 'b'] } : { ...before, ring: ['a'] };
  },
});

/** A database with sessions is no template for another. */
async function withoutSessions(lane) {
  for (;;) {
    const left = await lane.withClient(async (client) => {
      const { rows } = await client.query(
        `SELECT FROM pg_stat_activity WHERE datname = 'ballast' AND backend_type = 'client backend'`,
      );
      return rows.length;
    }, 'postgres');
    if (left === 0) return;
    await wait(50);
  }
}

const recoverArgs = (_, { database }) => ['recover', ...database];

export const recovering = [true, false].map((isDelivered) => ({
  name: isDelivered ? 'recover, committed' : 'recover, rolled back',
  scene: interrupted({ isDelivered }),
  args: recoverArgs,
}));
