import { Worker } from 'node:worker_threads';
import { broken, type Broken } from './artefact-break.ts';
import { type QrReading, readQrPicture } from './qr-picture.ts';

/** The search ends itself long before; a picture made to be slow does not. */
const patience = 60_000;

/**
 * Reads the QR code of a photo or a scan, PNG or JPEG, on this machine: turned, askew, blurred, dim or unevenly lit, as far as
 * it goes. In a thread of its own, since that may take some seconds. Any file is an answer. The text is the sealed key's.
 */
export async function readQrImage(path: string): Promise<{ readonly text: string } | Broken> {
  const reading = await readInThread(path);
  if ('text' in reading) return reading;
  return broken('picture', reading.fault.message, reading.fault.remedy);
}

function readInThread(path: string): Promise<QrReading> {
  return new Promise((resolve, reject) => {
    let started = false;
    const thread = new Worker(new URL('./qr-thread.js', import.meta.url), { workerData: path });
    const timer = setTimeout(() => {
      resolve({
        fault: {
          message: 'it takes too long to read',
          remedy: 'crop the picture to the code, or take another',
        },
      });
      void thread.terminate();
    }, patience);
    const settle = (reading: QrReading | Promise<QrReading>) => {
      clearTimeout(timer);
      resolve(reading);
    };
    thread.once('online', () => {
      started = true;
    });
    thread.once('message', settle);
    thread.once('error', (error) => {
      clearTimeout(timer);
      // a restore must not depend on whether this system starts threads: a few seconds' wait is better than none
      if (started) reject(error);
      else resolve(readQrPicture(path));
    });
  });
}
