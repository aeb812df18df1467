import { expect, test } from 'vitest';
import { prepareVault } from '#test/support/databases/vault';

test('an undo that is done twice does not lead back to the key that was fled from', async () => {
  await using vault = await prepareVault();
  expect((await vault.rotate()).status).toBe(0);
  const undo = () => vault.run(['undo', '--yes', '--accept', 'other-sessions']);
  expect((await undo()).status).toBe(0);
  expect(await undo()).toMatchObject({ status: 4, json: { error: { code: 'nothing-to-undo' } } });
  expect(await vault.opened()).toEqual({ from: 20, to: 0 });
});
