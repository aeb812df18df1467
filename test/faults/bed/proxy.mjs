// Stands before the server at one port, counts what Keel sends message by message, and does what a fault asks at one of them.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { wholeMessages } from './messages.mjs';

export async function startProxy(serverPort) {
  const pairs = new Set();
  let mode = 'through';
  let fault;
  let count = 0;
  const reached = { message: undefined };
  let acting;

  const server = createServer({ allowHalfOpen: false }, (near) => {
    if (mode === 'refusing') return near.destroy();
    const far = connect(serverPort, '127.0.0.1');
    const pair = { near, far, isLost: false, isDeaf: false, dropsAnswer: false };
    pairs.add(pair);
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', () => undefined);
    const messages = wholeMessages();
    let queue = Promise.resolve();
    near.on('data', (chunk) => {
      for (const message of messages(chunk))
        queue = queue.then(() => pass(pair, message)).catch(() => pair.near.destroy());
    });
    far.on('data', (chunk) => {
      if (pair.dropsAnswer) return sever(pair);
      if (mode !== 'stalled' && !pair.isLost && !near.destroyed) near.write(chunk);
      return undefined;
    });
    far.once('close', () => {
      if (!pair.isDeaf) pairs.delete(pair);
      if (mode !== 'stalled' && !pair.isDeaf) near.destroy();
    });
    near.once('close', () => {
      if (pair.isDeaf) pairs.delete(pair);
      if (mode !== 'stalled' && !pair.isLost) queue = queue.then(() => far.end());
    });
    return undefined;
  });

  async function pass(pair, message) {
    if (mode === 'stalled' || pair.isDeaf) return;
    count += 1;
    if (fault && !reached.message && fault.isAt(count, message.text)) {
      reached.message = message.text.slice(0, 60) || 'start';
      acting = (async () => fault.act(pair, message))();
      if ((await acting) === false) return;
    }
    if (!pair.far.destroyed) pair.far.write(message.bytes);
  }

  function sever({ near, far }) {
    near.destroy();
    far.destroy();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    /** Messages since the last `arm` or `disarm`. */
    get count() {
      return count;
    },
    /** The message at which the fault struck. */
    get reached() {
      return reached.message;
    },
    /** `isAt(number, text)` says where; `act(pair, message)` does it, and answers false where the message goes no further. */
    arm(next) {
      fault = next;
      count = 0;
      reached.message = undefined;
    },
    /** The line is as before, with nobody on it, and what the fault began is done. */
    async disarm() {
      await acting;
      acting = undefined;
      fault = undefined;
      count = 0;
      mode = 'through';
      for (const pair of pairs) sever(pair);
    },
    /** Cuts both ends of every connection. */
    cut: () => [...pairs].forEach(sever),
    /** Takes no further connection until disarmed. */
    refuse() {
      mode = 'refusing';
      for (const pair of pairs) sever(pair);
    },
    /** Nothing goes either way, and nothing is closed. */
    stall() {
      mode = 'stalled';
    },
    resume() {
      mode = 'through';
    },
    /** Keel's ends are gone, and the server is not told. */
    loseNearEnds() {
      for (const pair of pairs) {
        pair.isLost = true;
        pair.near.destroy();
      }
    },
    sever,
    async close() {
      for (const pair of pairs) sever(pair);
      await new Promise((done) => {
        server.close(done);
      });
    },
  };
}
