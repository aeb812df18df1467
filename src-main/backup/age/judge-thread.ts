import { parentPort } from 'node:worker_threads';
import { Secret } from '#crypto/secret';
import { judgePassphrase } from './passphrase-strength.ts';

// the entry of the thread that `judge-in-thread.ts` starts: a judgement for each passphrase, in their order
parentPort?.on('message', async (bytes: Uint8Array) => {
  using passphrase = new Secret(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(await judgePassphrase(passphrase));
});
