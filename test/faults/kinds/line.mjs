// Faults at a message that Keel sends to the server: to its process, to the line, and to its sessions.
import { setTimeout as wait } from 'node:timers/promises';

/** `act(lane, { child, pair, message, draw })` does it; false where the message goes no further. */
export const atMessage = (name, act, { weight = 1, isAt, applies = speaks, before } = {}) => ({
  name,
  weight,
  applies,
  async arm(lane, context) {
    const { draw, measured } = context;
    const at = 1 + draw.below(Math.max(1, measured.messages));
    let child;
    let commits = 0;
    const commit = 1 + draw.below(Math.max(1, measured.commits));
    await before?.(lane, context);
    lane.proxy.arm({
      isAt: (count, text) => (isAt === 'commit' ? isCommit(text) && ++commits === commit : count === at),
      act: (pair, message) => act(lane, { child, pair, message, draw }),
    });
    return {
      where:
        isAt === 'commit'
          ? `COMMIT ${commit} of ${measured.commits}`
          : `message ${at} of ${measured.messages}`,
      options: { onStart: (started) => (child = started) },
      reached: () => lane.proxy.reached,
    };
  },
});

export const isCommit = (text) => /^COMMIT\b/i.test(text);
const speaks = (_step, measured) => measured.messages > 0;
const commits = (_step, measured) => measured.commits > 0;

/** The message goes to the server, and its answer goes nowhere. */
function loseAnswer(pair, message) {
  pair.dropsAnswer = true;
  pair.far.write(message.bytes);
  return false;
}

async function twice({ child }) {
  child.kill('SIGINT');
  await wait(40);
  child.kill('SIGINT');
}

export const lineKinds = [
  atMessage(
    'SIGKILL at a message',
    (_, { child, draw }) => {
      child.kill('SIGKILL');
      return draw.chance(0.5);
    },
    { weight: 2 },
  ),
  atMessage('SIGTERM at a message', (_, { child }) => void child.kill('SIGTERM')),
  atMessage('Ctrl-C twice at a message', (_, fault) => twice(fault)),
  atMessage('link cut', ({ proxy }, { pair, draw }) => {
    if (draw.chance(0.5)) proxy.cut();
    else proxy.sever(pair);
    return false;
  }),
  atMessage('answer lost, link cut', (_, { pair, message }) => loseAnswer(pair, message)),
  atMessage('link cut and refused from then on', ({ proxy }) => {
    proxy.refuse();
    return false;
  }),
  atMessage('link stalled for a while', async ({ proxy }, { draw }) => {
    await wait(draw.between(100, 1500));
    void proxy;
  }),
  atMessage(
    'link stalled for good',
    ({ proxy }) => {
      proxy.stall();
      return false;
    },
    { weight: 0.5 },
  ),
  atMessage('link half-closed, server not told', (_, { pair }) => {
    pair.isLost = true;
    pair.near.end();
  }),
  atMessage(
    'link half-closed, Keel not told',
    (_, { pair }) => {
      pair.isDeaf = true;
      pair.far.destroy();
      return false;
    },
    { weight: 0.5 },
  ),
  atMessage('near end lost, server not told', ({ proxy }) => {
    proxy.loseNearEnds();
    return false;
  }),
  atMessage('COMMIT’s answer lost', (_, { pair, message }) => loseAnswer(pair, message), {
    isAt: 'commit',
    applies: commits,
  }),
  atMessage(
    'COMMIT’s answer lost, server out of reach',
    ({ proxy }, { pair, message }) => {
      pair.far.write(message.bytes, () => setTimeout(() => proxy.refuse(), 150));
      pair.dropsAnswer = true;
      return false;
    },
    { isAt: 'commit', applies: commits },
  ),
  atMessage(
    'COMMIT not delivered',
    (_, { pair }) => {
      pair.near.destroy();
      pair.far.destroy();
      return false;
    },
    { isAt: 'commit', applies: commits },
  ),
  atMessage('COMMIT late', (_, { draw }) => wait(draw.between(200, 1500)), {
    isAt: 'commit',
    applies: commits,
    weight: 1,
  }),
  atMessage(
    'COMMIT’s answer late',
    async (_, { pair, draw }) => {
      pair.far.pause();
      setTimeout(() => pair.far.resume(), draw.between(200, 1500));
    },
    { isAt: 'commit', applies: commits },
  ),
  atMessage(
    'SIGKILL at COMMIT',
    (_, { child, draw }) => {
      child.kill('SIGKILL');
      return draw.chance(0.5);
    },
    { isAt: 'commit', applies: commits },
  ),
  atMessage('backends ended', async (lane) => {
    await lane.withClient(
      (client) =>
        client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'keel%'`,
        ),
      'postgres',
    );
  }),
];
