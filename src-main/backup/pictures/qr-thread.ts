import { parentPort, workerData } from 'node:worker_threads';
import { readQrPicture } from './qr-picture.ts';

// the entry of the thread that `qr-image.ts` starts: one picture, one answer
const reading = await readQrPicture(workerData as string);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(reading);
