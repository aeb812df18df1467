import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { broken, type Broken } from '#backup/artefact-break';
import { KeelError } from '#errors/keel-error';
import { oneAfterTheOther } from '#shared/one-after-the-other';
import type { UnaskingContext } from '#workspace/use-case';
import { type QrReading, readQrPicture } from './qr-picture.ts';

/** The search ends itself before; a picture made to be slow does not. */
const timeoutMs = 150_000;

/** A large photo takes a fifth of it; one that is made to fill memory ends its thread, and nothing else. */
const maxMegabytes = 1024;

/** One picture at a time: each may take a processor for itself. */
const inTurn = oneAfterTheOther();

/** Who waits for a picture: hears of its looks, and may call it off. */
export type Waiting = Partial<Pick<UnaskingContext, 'signal' | 'onProgress'>>;

/** What the thread says: a look that begins, or its answer. */
export type ThreadMessage =
  | { readonly done: number; readonly total: number }
  | { readonly reading: QrReading };

/**
 * Reads the QR code of a photo or a scan, PNG, JPEG or PDF, on this machine: turned, askew, mirrored, blurred, dim or unevenly lit, as
 * far as it goes. In a thread of its own, since that may take up to two minutes. Any file is an answer. The text is the sealed
 * key's. Throws `cancelled` once `signal` is aborted.
 */
export async function readQrImage(
  path: string,
  waiting: Waiting = {},
): Promise<{ readonly text: string } | Broken> {
  const reading = await inTurn(() => readInThread(path, waiting));
  if ('text' in reading) return reading;
  return broken('picture', reading.fault.message, reading.fault.remedy);
}

async function readInThread(path: string, { signal, onProgress }: Waiting): Promise<QrReading> {
  if (signal?.aborted) throw cancelled();
  const onLook = (done: number, total: number) => onProgress?.({ step: 'reading the picture', done, total });
  const thread = new Worker(threadFile(), {
    workerData: path,
    resourceLimits: { maxOldGenerationSizeMb: maxMegabytes },
  });
  const ended = new AbortController();
  try {
    return await new Promise<QrReading>((resolve, reject) => {
      let started = false;
      thread.once('online', () => (started = true));
      thread.on('message', (message: ThreadMessage) => {
        if ('reading' in message) resolve(message.reading);
        else onLook(message.done, message.total);
      });
      // a restore must not depend on whether this system gives us threads: waiting without a window is better than none. What
      // brought a thread down is not tried where it would bring down all
      thread.once('error', () => resolve(started ? tooSlow : readQrPicture(path, onLook)));
      const timer = setTimeout(() => resolve(tooSlow), timeoutMs);
      ended.signal.addEventListener('abort', () => clearTimeout(timer));
      signal?.addEventListener('abort', () => reject(cancelled()), { once: true, signal: ended.signal });
    });
  } finally {
    ended.abort();
    await thread.terminate();
  }
}

/** The built file, wherever the bundler put this one. */
function threadFile(): string {
  return createRequire(import.meta.url).resolve('#qr-thread');
}

function cancelled(): KeelError {
  return new KeelError(
    'cancelled',
    'reading the picture was cancelled; nothing was changed',
    'start it again when you are ready',
  );
}

const tooSlow: QrReading = {
  fault: {
    message: 'reading it takes too long or too much memory',
    remedy: 'crop the image to the code, or use another one',
  },
};
