import { expect, test } from 'vitest';
import { prepareVault } from '#test/support/databases/vault';

test('an undo that is done twice does not lead back to the key that was fled from', async () => {
  await using vault = await prepareVault();
  expect((await vault.rotate()).status).toBe(0);
  const undo = () => vault.run(['undo', '--yes', '--accept', 'other-sessions']);
  expect((await undo()).status).toBe(0);
  expect(await undo()).toMatchObject({ status: 6, json: { error: { code: 'already-undone' } } });
  expect(await vault.opened()).toEqual({ from: 20, to: 0 });
});

test('a rotation that is repeated with the same keys says that it is done already', async () => {
  await using vault = await prepareVault();
  expect((await vault.rotate()).status).toBe(0);
  const again = await vault.rotate();
  expect(again, again.stderr).toMatchObject({ status: 6, json: { error: { code: 'already-rotated' } } });
  expect(again.json.error.message).toContain('already decrypts 20 values');
  expect(await vault.opened()).toEqual({ from: 0, to: 20 });
});

test('a repeated rotation is not called done while a value is left that the new key does not decrypt', async () => {
  await using vault = await prepareVault();
  expect((await vault.rotate()).status).toBe(0);
  const client = await vault.connect();
  await client.query(
    "UPDATE vault SET s = encode(sha256(s::bytea) || sha256(s::bytea), 'base64') WHERE id <= 3",
  );
  await client.end();
  const again = await vault.rotate();
  expect(again, again.stderr).toMatchObject({ status: 4, json: { error: { code: 'key-wrong' } } });
});
