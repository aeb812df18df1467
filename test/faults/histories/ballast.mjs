// A Ballast as far as its rows are concerned: it has the key that its file held when it started, and writes all the while.
import { setTimeout as wait } from 'node:timers/promises';
import { open } from '../bed/cipher.mjs';
import { text } from '../bed/rows.mjs';

/** Starts at once. `truth` has what each place holds by now, as its users would tell. */
export async function startBallast(lane, { draw, truth }) {
  let client;
  let key;
  let isStopped = false;
  let isPaused = false;
  let number = 0;
  const counts = { refreshed: 0, replaced: 0, added: 0, removed: 0, unreadable: 0 };

  async function restart() {
    await client?.end().catch(() => undefined);
    const file = await lane.desk.read('.env');
    key = Buffer.from(/^ENCRYPTION_KEY=(.+)$/m.exec(file)[1], 'base64');
    client = await lane.server.connect('ballast');
    await client.query(`SET application_name = 'ballast'`);
  }

  const credential = (id) => `{"username": "user${id}", "password": "token ${(number += 1)} of its life"}`;

  /** Reads, asks the provider for a new token, writes. With a key that does not open the row it gives up, as Ballast would. */
  async function refresh(id) {
    const { rows } = await client.query('SELECT s FROM vault WHERE id = $1', [id]);
    if (rows.length === 0) return;
    if (open(key, Buffer.from(rows[0].s, 'base64')) !== truth.get(`vault ${id} s`)) {
      counts.unreadable += 1;
      return;
    }
    // the provider takes its time, and Keel may be at work meanwhile
    if (draw.chance(0.3)) await wait(draw.below(60));
    await write('UPDATE vault SET s = $2 WHERE id = $1', id, credential(id));
    counts.refreshed += 1;
  }

  async function write(statement, id, plaintext) {
    const { rowCount } = await client.query(statement, [id, text(key, plaintext)]);
    if (rowCount === 1) truth.set(`vault ${id} s`, plaintext);
  }

  async function add() {
    const id = 1000 + (number += 1);
    const plaintext = credential(id);
    await client.query('INSERT INTO vault (id, s) VALUES ($1, $2)', [id, text(key, plaintext)]);
    truth.set(`vault ${id} s`, plaintext).set(`vault ${id} raw`, 'NULL').set(`vault ${id} doc`, 'NULL');
    counts.added += 1;
  }

  async function remove() {
    const id = draw.pick(ids());
    await client.query('DELETE FROM vault WHERE id = $1', [id]);
    for (const column of ['s', 'raw', 'doc']) truth.delete(`vault ${id} ${column}`);
    counts.removed += 1;
  }

  const ids = () =>
    [...truth.keys()].filter((place) => place.endsWith(' s')).map((place) => place.split(' ')[1]);

  async function act() {
    const what = draw.weighted([
      [6, 'refresh'],
      [2, 'replace'],
      [1, 'add'],
      [0.5, 'remove'],
    ]);
    if (what === 'add') return add();
    if (what === 'remove' && ids().length > 8) return remove();
    const id = draw.pick(ids());
    if (what !== 'replace') return refresh(id);
    // its user types the credential anew, whatever the row holds
    counts.replaced += 1;
    return write('UPDATE vault SET s = $2 WHERE id = $1', id, credential(id));
  }

  await restart();
  let isToRestart = false;
  const life = (async () => {
    while (!isStopped) {
      if (isToRestart) await restart();
      isToRestart = false;
      if (!isPaused) await act();
      await wait(draw.between(3, 40));
    }
    await client.end();
  })();
  // looked at when it is stopped
  life.catch(() => undefined);
  return {
    counts,
    restart() {
      isToRestart = true;
    },
    pause(paused) {
      isPaused = paused;
    },
    async stop() {
      isStopped = true;
      await life;
    },
  };
}
