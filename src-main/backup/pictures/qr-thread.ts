import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadMessage } from './qr-image.ts';
import { readQrPicture } from './qr-picture.ts';

// the entry of the thread that `qr-image.ts` starts: one picture, its looks as they begin, one answer
const tell = (message: ThreadMessage) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(message);
};
tell({ reading: await readQrPicture(workerData as string, (done, total) => tell({ done, total })) });
