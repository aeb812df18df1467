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

function relay(from, to, delayMs, bytesPerSecond) {
  let freeAt = 0;
  let underWay = 0;
  // what the link itself holds, and a socket's buffer before it
  const most = Number.isFinite(bytesPerSecond) ? (bytesPerSecond * delayMs) / 1000 + 65_536 : 16 << 20;
  // what is on its way arrives before the end of it does
  const untilArrived = () => Math.max(0, freeAt - performance.now()) + delayMs;
  from.on('data', (chunk) => {
    const now = performance.now();
    freeAt = Math.max(freeAt, now) + (chunk.length * 1000) / bytesPerSecond;
    underWay += chunk.length;
    if (underWay > most) from.pause();
    setTimeout(
      () => {
        underWay -= chunk.length;
        if (underWay <= most) from.resume();
        if (!to.destroyed) to.write(chunk);
      },
      freeAt + delayMs - now,
    );
  });
  from.on('end', () => setTimeout(() => to.end(), untilArrived()));
  from.on('close', () => setTimeout(() => to.destroy(), untilArrived() + 1));
}
