// A lane in a process of its own: what its cases cost is what this process and those below it used meanwhile.
import { openLane } from './bed/lane.mjs';
import { cpuSecondsOfTree } from './cpu.mjs';
import { runHistory } from './histories/history.mjs';
import { runCase } from './one-case.mjs';
import { tampers } from './tamper.mjs';

const { seed, only, keepsRuns } = JSON.parse(process.argv[2]);
// a lane has a few
process.setMaxListeners(0);
// a Ctrl-C is for the run, which tells its workers
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
const opened = openLane();

process.on('message', async ({ work, isOver }) => {
  const lane = await opened;
  if (isOver) {
    await lane.close();
    process.exit();
  }
  const [what, number, tamper] = work;
  const before = cpuSecondsOfTree();
  const { setUpSeconds } = lane;
  const play = what === 'case' ? runCase : runHistory;
  try {
    const result = await play(lane, seed, number, { only, tamper: tampers[tamper] });
    if (!keepsRuns) delete result.runs;
    const setUp = lane.setUpSeconds - setUpSeconds;
    const cpu = before === undefined ? undefined : cpuSecondsOfTree() - before - setUp;
    process.send({ result: { ...result, cpu, setUp }, scenes: [...lane.scenes.keys()] });
  } catch (error) {
    // of the test bed, not of Keel
    process.send({ failed: String(error.stack) });
  }
});
