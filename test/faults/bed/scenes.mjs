// Where a step begins: databases and a desk, set up once for each lane and put back before each case.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asSetUp } from '../cpu.mjs';
import { databaseNames } from './lane.mjs';

/** Files copied as they are: a third of the work of copying pages, and the caches of the catalogue with them. */
const copied = 'STRATEGY FILE_COPY';

/**
 * Puts the scene back, and sets it up where it never was. Answers its facts: what the rows are and under which key, and which
 * keys there are.
 */
export async function playScene(lane, scene) {
  const kept = lane.scenes.get(scene.name) ?? (await asSetUp(lane, () => setUp(lane, scene)));
  await putBack(lane, scene.name, kept);
  return kept.facts;
}

async function setUp(lane, scene) {
  const before = scene.after ? await playScene(lane, scene.after) : undefined;
  if (!scene.after) await clearAway(lane);
  if (scene.usesKeychain && !scene.after.usesKeychain) await lane.keychain?.holdAgain([]);
  const facts = await scene.build(lane, before);
  const databases = [];
  for (const name of databaseNames) {
    await lane.withClient(async (client) => {
      const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (rows.length === 0) return;
      const template = `${scene.name}_${name}`;
      await client.query(`CREATE DATABASE ${template} TEMPLATE ${name} ${copied}`);
      databases.push({ name, template });
    }, 'postgres');
  }
  await mkdir(join(lane.folder, 'scenes'), { recursive: true });
  await lane.desk.saveTo(join(lane.folder, 'scenes', scene.name));
  const held = scene.usesKeychain ? await lane.keychain?.held() : undefined;
  const kept = { facts, databases, held, usesKeychain: scene.usesKeychain };
  lane.scenes.set(scene.name, kept);
  return kept;
}

async function clearAway(lane) {
  await lane.desk.clear();
  await lane.withClient(async (client) => {
    for (const name of databaseNames) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }, 'postgres');
}

async function putBack(lane, name, { databases, held, usesKeychain }) {
  await lane.desk.restoreFrom(join(lane.folder, 'scenes', name));
  if (usesKeychain) {
    await lane.keychain?.holdAgain(held);
  } else if (lane.keychain && !lane.keychain.isUnlocked()) await lane.keychain.unlock();
  await lane.withClient(async (client) => {
    for (const one of databaseNames) await client.query(`DROP DATABASE IF EXISTS ${one} WITH (FORCE)`);
    for (const { name: one, template } of databases)
      await client.query(`CREATE DATABASE ${one} TEMPLATE ${template} ${copied}`);
  }, 'postgres');
}
