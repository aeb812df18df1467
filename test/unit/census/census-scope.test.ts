import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { censusScope } from '#census/census-scope';

test('the guide says what a census cannot see in the words of the census', async () => {
  expect(await readFile('docs/guide/what-keel-proves.md', 'utf8')).toContain(censusScope);
});
