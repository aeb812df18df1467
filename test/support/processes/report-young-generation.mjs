// Loaded before Keel: as it ends, fills the heap with what outlives collections, and tells in the file KEEL_TEST_HEAP what the young generation took for it.
import { writeFileSync } from 'node:fs';
import { getHeapSpaceStatistics } from 'node:v8';

process.on('exit', () => {
  let most = 0;
  for (let round = 0; round < 20; round++) {
    const kept = Array.from({ length: 50_000 }, (_, i) => ({ i, text: [`${i}`] }));
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (kept.length > 0) most = Math.max(most, space.physical_space_size);
  }
  writeFileSync(process.env.KEEL_TEST_HEAP, String(most));
});
