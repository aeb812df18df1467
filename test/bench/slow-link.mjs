import { connect, createServer } from 'node:net';

/**
 * A TCP relay to a local port, each direction of which takes half the round trip and lets through so many bytes a second. Bytes
 * that are under way count against no buffer but the link's own.
 */
export async function withSlowLink({ port, roundTripMs = 0, bytesPerSecond = Infinity }, work) {
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => to.destroy());
      relay(from, to, roundTripMs / 2, bytesPerSecond);
    }
  });
  await new Promise((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  try {
    return await work(server.address().port);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

/** What is on its way waits in one queue: timers of its own for each chunk may overtake each other. */
function relay(from, to, delayMs, bytesPerSecond) {
  const onItsWay = [];
  let freeAt = 0;
  let underWay = 0;
  let timer;
  // what the link itself holds, and a socket's buffer before it
  const most = Number.isFinite(bytesPerSecond) ? (bytesPerSecond * delayMs) / 1000 + 65_536 : 16 << 20;
  const send = (bytes, arrive) => {
    freeAt = Math.max(freeAt, performance.now()) + (bytes * 1000) / bytesPerSecond;
    onItsWay.push({ at: freeAt + delayMs, arrive });
    timer ??= setTimeout(deliver, onItsWay[0].at - performance.now());
  };
  function deliver() {
    timer = undefined;
    while (onItsWay.length > 0 && onItsWay[0].at <= performance.now()) onItsWay.shift().arrive();
    if (onItsWay.length > 0) timer = setTimeout(deliver, Math.ceil(onItsWay[0].at - performance.now()));
  }
  from.on('data', (chunk) => {
    underWay += chunk.length;
    if (underWay > most) from.pause();
    send(chunk.length, () => {
      underWay -= chunk.length;
      if (underWay <= most) from.resume();
      if (!to.destroyed) to.write(chunk);
    });
  });
  from.on('end', () => send(0, () => to.end()));
  from.on('close', () => send(0, () => to.destroy()));
}
