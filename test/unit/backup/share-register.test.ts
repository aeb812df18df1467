import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { readShare, shareWords } from '#backup/shares/share-mnemonic';
import { encodeShare } from '#backup/shares/slip39/mnemonic';
import { drillBackup, forgetBackup } from '#backup/use-cases/drill';
import { makeBackup } from '#backup/use-cases/make';
import { acceptAnswer, answerQuestion, askHolder, markShareSet, proveShare } from '#backup/use-cases/shares';
import { EncryptionKey } from '#crypto/encryption-key';
import { openKeyRing } from '#keyring/key-ring';
import { setsOf } from '#keyring/share-sets';
import { addedEnvironment, heardContext } from '#test/support/added-environment';
import { memoryStore } from '#test/support/memory-store';
import { test as inFolder } from '#test/support/temp-folder';

// The register of shares, as the use cases keep it: what was proven when, and which set counts.

const terms = { threshold: 2, holders: ['Ann', 'Bob', 'Zoë'] } as const;

/** An environment with a key, and sets of its shares in folders. */
const test = inFolder.extend<{ desk: Awaited<ReturnType<typeof deskIn>> }>({
  desk: async ({ folder }, use) => use(await deskIn(folder)),
});

async function deskIn(folder: string) {
  const home = join(folder, 'environment');
  await mkdir(home);
  const ring = openKeyRing(home, memoryStore());
  const workspace = await addedEnvironment(home, ring);
  using held = new EncryptionKey(Buffer.alloc(32, 7));
  await ring.hold(held, 'active');
  const context = heardContext();
  return {
    workspace,
    context,
    fingerprint: held.fingerprint,
    async make(name: string) {
      using key = new EncryptionKey(Buffer.alloc(32, 7));
      const spec = { form: 'shares', folder: join(folder, name), ...terms } as const;
      const { files } = await makeBackup(workspace, { key, spec, drill: false }, context);
      const sets = await this.sets();
      return { files, location: spec.folder, set: sets.at(-1)?.set ?? '' };
    },
    sets: async () => setsOf(await workspace.readRing()),
    async drill(files: readonly string[], expected = held.fingerprint) {
      const source = { form: 'shares', from: files.map((path) => ({ path })) } as const;
      return drillBackup(workspace, { source, expected, name: { location: 'the table' } }, context);
    },
  };
}

const from = (path: string | undefined) => ({ from: { path: path ?? '' } });

describe('a share', () => {
  test('that is read is dated, and one with its number and another content is not', async ({
    desk,
    folder,
  }) => {
    const { workspace, context } = desk;
    const [mine, other] = [await desk.make('mine'), await desk.make('other')];
    const proven = await proveShare(workspace, from(mine.files[1]), context);
    expect(proven).toMatchObject({ share: { number: 2, holder: 'Bob', provenAt: expect.any(String) } });
    const read = async (path = '') => {
      const share = readShare(await readFile(path, 'utf8'));
      if ('share' in share) return share.share;
      throw new Error(share.message);
    };
    const [own, foreign] = [await read(mine.files[0]), await read(other.files[0])];
    const forged = encodeShare({ ...own, value: foreign.value }).map((index) => shareWords.words[index]);
    await writeFile(join(folder, 'forged.txt'), forged.join(' '));
    expect(await proveShare(workspace, from(join(folder, 'forged.txt')), context)).toMatchObject({
      broken: {
        message: expect.stringContaining(`it is not share 1 of the set ${mine.set} that is registered`),
      },
    });
    const [registered] = await desk.sets();
    expect(registered?.shares.map(({ provenAt }) => provenAt !== undefined)).toEqual([false, true, false]);
  });

  test('that answers a question was there when it was asked, which is good once', async ({ desk }) => {
    const { workspace, context } = desk;
    const { files, set } = await desk.make('mine');
    const { question } = await askHolder(workspace, { set, holder: ' zoË ' });
    const askedAt = (await desk.sets())[0]?.shares[2]?.asked?.at;
    await pause(5);
    const answered = await answerQuestion(from(files[2]), question);
    if ('broken' in answered) throw new Error(answered.broken.message);
    const { share } = await acceptAnswer(workspace, answered.answer, context);
    expect(share).toMatchObject({ number: 3, provenAt: askedAt });
    expect(context.noted.at(-1)).toMatchObject({ action: 'share proven', detail: `share 3 of set ${set}` });
    await expect(acceptAnswer(workspace, answered.answer, context)).rejects.toMatchObject({ code: 'usage' });
  });

  test('that answers an older question, or is another one, proves nothing', async ({ desk }) => {
    const { workspace, context } = desk;
    const { files, set } = await desk.make('mine');
    const { question } = await askHolder(workspace, { set, holder: '1' });
    const old = await answerQuestion(from(files[0]), question);
    const { question: latest } = await askHolder(workspace, { set, holder: 'Ann' });
    const answer = 'answer' in old ? old.answer : '';
    await expect(acceptAnswer(workspace, answer, context)).rejects.toMatchObject({ code: 'drill-failed' });
    expect(await answerQuestion(from(files[1]), latest)).toMatchObject({
      broken: { message: expect.stringContaining('is about share 1') },
    });
    expect((await desk.sets())[0]?.shares.some(({ provenAt }) => provenAt !== undefined)).toBe(false);
  });
});

describe('a set of shares', () => {
  test('is dated by a test that restores the key, and by no other', async ({ desk, folder }) => {
    const { files, set } = await desk.make('mine');
    const dated = async () => (await desk.sets())[0]?.shares.map(({ provenAt }) => provenAt !== undefined);
    using stranger = new EncryptionKey(Buffer.alloc(32, 9));
    expect(await desk.drill(files, stranger.fingerprint)).not.toHaveProperty('set');
    const spec = { form: 'shares', folder: join(folder, 'of another'), ...terms } as const;
    const others = await makeBackup(undefined, { key: stranger, spec, drill: false }, heardContext());
    expect(await desk.drill(others.files)).toEqual({
      drill: expect.objectContaining({ result: 'wrong', fingerprint: stranger.fingerprint }),
      recorded: false,
    });
    expect(await desk.sets()).toHaveLength(1);
    expect(await dated()).toEqual([false, false, false]);
    // what restores the key has proven its shares, though not all of the set are there
    expect(await desk.drill(files.slice(0, 2))).toMatchObject({ recorded: false, set: { set } });
    expect(await dated()).toEqual([true, true, false]);
    expect(await desk.drill(files)).toMatchObject({ recorded: true, set: { set } });
    expect(await dated()).toEqual([true, true, true]);
  });

  test('that counts replaces the one before, and is void where its backup is taken off the list', async ({
    desk,
  }) => {
    const { workspace, context, fingerprint } = desk;
    const [mine, other] = [await desk.make('mine'), await desk.make('other')];
    const standings = async () => (await desk.sets()).map(({ standing }) => standing);
    expect(await standings()).toEqual(['replaced', 'counts']);
    expect(await markShareSet(workspace, { set: mine.set, standing: 'counts' }, context)).toMatchObject({
      set: { set: mine.set, standing: 'counts' },
      replaced: [other.set],
    });
    expect(await standings()).toEqual(['counts', 'replaced']);
    const forget = ({ location }: { location: string }) =>
      forgetBackup(workspace, fingerprint, { artefact: 'shares', location }, context);
    await forget(mine);
    expect(await standings()).toEqual(['void', 'replaced']);
    await forget(other);
    expect(await standings()).toEqual(['void', 'void']);
  });
});
