// Faults of the server itself, and of the data that it has.
import { atMessage } from './line.mjs';

async function crash({ server }) {
  await server.stop('immediate');
  await server.start();
  return false;
}

/** Some admins trade the last moments of a crash for speed. */
async function perhapsLazy({ server }, { draw }) {
  if (draw.chance(0.3)) await server.beLazy();
}

export const serverKinds = [
  atMessage('server stopped at once, restarted', crash, { before: perhapsLazy }),
  atMessage(
    'server and Keel stopped at once',
    async (lane, { child }) => {
      child.kill('SIGKILL');
      return crash(lane);
    },
    { before: perhapsLazy },
  ),
  atMessage('server down till Keel’s end', async ({ server }) => {
    await server.stop('immediate');
    return false;
  }),
  {
    ...atMessage('server’s disk full', ({ server }) => server.fillDisk(), {
      before: ({ server }) => server.ontoSmallDisk('ballast'),
    }),
    applies: (_, measured, { server }) => measured.messages > 0 && server.hasSmallDisk,
  },
  {
    ...atMessage(
      'data directory restored meanwhile',
      async ({ server }) => {
        await server.stop('immediate');
        await server.restoreData();
        await server.start();
        return false;
      },
      { before: ({ server }) => server.saveData() },
    ),
    isOlder: true,
  },
  {
    name: 'data directory restored afterwards',
    weight: 1,
    applies: (_, measured) => measured.messages > 0,
    isOlder: true,
    async arm({ server }) {
      await server.saveData();
      return {
        where: 'after its end',
        options: {},
        reached: () => 'its end',
        async afterwards() {
          await server.stop('immediate');
          await server.restoreData();
          await server.start();
        },
      };
    },
  },
];
