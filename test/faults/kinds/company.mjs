// Faults by others: programs that work on the same home or the same rows, and a keychain that goes away.
import { setTimeout as wait } from 'node:timers/promises';
import { lateText, rowCount } from '../bed/rows.mjs';
import { atMessage } from './line.mjs';

const rewrites = (step) => step.after !== undefined;

/** Runs `work` beside the step until the step is over. */
function beside(work) {
  let isOver = false;
  const done = work(() => isOver).catch((error) => error);
  return async () => {
    isOver = true;
    const failed = await done;
    if (failed instanceof Error) throw failed;
    return failed;
  };
}

const secondProgram = {
  name: 'second program on the same home',
  weight: 1,
  applies: () => true,
  async arm(lane, { draw, args, program }) {
    const after = draw.below(400);
    let second;
    let isBeside = false;
    return {
      where: `${after} ms later`,
      options: {
        onStart(child) {
          second = wait(after).then(() => {
            isBeside = child.exitCode === null && child.signalCode === null;
            return lane.keel(args, program);
          });
        },
      },
      reached: () => isBeside && 'the first at work',
      // it may still be at work
      afterwards: async () => [await second],
    };
  },
};

const writer = {
  name: 'writer that never stops',
  weight: 1,
  applies: rewrites,
  isMixed: true,
  async arm(lane, { draw, facts, step }) {
    const written = new Map();
    let stop;
    return {
      where: 'from its start to its end',
      written,
      options: {
        onStart() {
          stop = beside((isOver) => keepWriting(lane, { draw, facts, step, written, isOver }));
        },
      },
      reached: () => written.size > 0 && 'its writes',
      afterwards: async () => void (await stop()),
    };
  },
};

/** As a Ballast does that still has the key from before. */
async function keepWriting(lane, { draw, facts, step, written, isOver }) {
  await lane.withClient(async (client) => {
    await client.query(`SET application_name = 'ballast'`);
    for (let n = 0; !isOver(); n++) {
      const id = 1 + draw.below(rowCount);
      // whose value stays there is told by nothing
      if (id === step.writes) continue;
      const plaintext = `{"username": "user${id}", "password": "refreshed ${n} times"}`;
      await lateText(client, id, facts.keys[facts.key], plaintext);
      written.set(`vault ${id} s`, plaintext);
      await wait(2);
    }
  });
}

const lockHeld = {
  name: 'server and Keel stopped while the lock is waited for',
  weight: 1,
  applies: rewrites,
  async arm(lane, { draw, step }) {
    const keepsKeel = draw.chance(0.3);
    const holder = await lane.server.connect('ballast');
    // a step that takes no lock of tables waits with its UPDATE
    const mode = step.writes ? 'EXCLUSIVE' : 'ROW EXCLUSIVE';
    await holder.query(`BEGIN; LOCK TABLE vault IN ${mode} MODE`);
    let reached = false;
    let stop;
    return {
      where: keepsKeel ? 'the server alone' : 'both',
      options: {
        onStart(child) {
          stop = beside(async (isOver) => {
            while (!isOver() && !reached) {
              await wait(30);
              reached = await isWaitedFor(lane);
            }
            if (!reached) return;
            if (!keepsKeel) child.kill('SIGKILL');
            await lane.server.stop('immediate');
            await lane.server.start();
          });
        },
      },
      reached: () => reached && 'the lock',
      async afterwards() {
        await stop();
        await holder.end().catch(() => undefined);
      },
    };
  },
};

const isWaitedFor = (lane) =>
  lane.withClient(async (client) => {
    const { rows } = await client.query('SELECT 1 FROM pg_locks WHERE NOT granted');
    return rows.length > 0;
  }, 'postgres');

const usesKeychain = (_step, measured, lane) => lane.keychain !== undefined && measured.usesKeychain;

const keychainGone = {
  name: 'keychain gone',
  weight: 1,
  applies: usesKeychain,
  async arm(lane) {
    await lane.keychain.lock();
    return {
      where: 'from its start',
      options: {},
      reached: () => 'its start',
      afterwards: () => lane.keychain.unlock(),
    };
  },
};

const keychainLost = {
  ...atMessage('keychain gone meanwhile', async (lane) => {
    await lane.keychain.lock();
  }),
  applies: (step, measured, lane) => usesKeychain(step, measured, lane) && measured.messages > 0,
};

const keychainLocked = {
  name: 'keychain locked',
  weight: 1,
  applies: usesKeychain,
  async arm(lane) {
    lane.keychain.lockEntries();
    return {
      where: 'from its start',
      options: {},
      reached: () => 'its start',
      afterwards: () => lane.keychain.unlock(),
    };
  },
};

export const companyKinds = [secondProgram, writer, lockHeld, keychainGone, keychainLocked, keychainLost];
