import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { broken, type Broken } from '#backup/artefact-break';
import { oneAfterTheOther } from '#shared/one-after-the-other';
import { type QrReading, readQrPicture } from './qr-picture.ts';

/** The search ends itself before; a picture made to be slow does not. */
const timeoutMs = 25_000;

/** A large photo takes a fifth of it; one that is made to fill memory ends its thread, and nothing else. */
const maxMegabytes = 1024;

/** One picture at a time: each may take a processor for itself. */
const inTurn = oneAfterTheOther();

/**
 * Reads the QR code of a photo or a scan, PNG or JPEG, on this machine: turned, askew, blurred, dim or unevenly lit, as far as
 * it goes. In a thread of its own, since that may take some seconds. Any file is an answer. The text is the sealed key's.
 */
export async function readQrImage(path: string): Promise<{ readonly text: string } | Broken> {
  const reading = await inTurn(() => readInThread(path));
  if ('text' in reading) return reading;
  return broken('picture', reading.fault.message, reading.fault.remedy);
}

function readInThread(path: string): Promise<QrReading> {
  return new Promise((resolve) => {
    const thread = new Worker(threadFile(), {
      workerData: path,
      resourceLimits: { maxOldGenerationSizeMb: maxMegabytes },
    });
    let started = false;
    thread.once('online', () => (started = true));
    const timer = setTimeout(() => {
      resolve(tooSlow);
      void thread.terminate();
    }, timeoutMs);
    thread.once('message', (reading: QrReading) => {
      clearTimeout(timer);
      resolve(reading);
    });
    thread.once('error', () => {
      clearTimeout(timer);
      // a restore must not depend on whether this system gives us threads: some seconds of waiting are better than none. What
      // brought a thread down is not tried where it would bring down all
      resolve(started ? tooSlow : readQrPicture(path));
    });
  });
}

/** The built file, wherever the bundler put this one. */
function threadFile(): string {
  return createRequire(import.meta.url).resolve('#qr-thread');
}

const tooSlow: QrReading = {
  fault: {
    message: 'reading it takes too long or too much memory',
    remedy: 'crop the image to the code, or use another one',
  },
};
