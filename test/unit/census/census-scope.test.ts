import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { censusScope } from '#census/census-scope';

test('the README says what a census cannot see in the words of the census', async () => {
  expect(await readFile('README.md', 'utf8')).toContain(censusScope);
});
