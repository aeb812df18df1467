import { spawn } from 'node:child_process';
import { knownKeysIn } from '#crypto/known-keys-in';
import { textOf } from '#storage/text-encoding';

/** What the objects of a repository hold. */
export interface GitObjects {
  /** Fingerprints of known keys that some object holds, under whatever name and in whatever encoding. */
  readonly keys: readonly string[];
  /** Files of all times that were looked through. */
  readonly looked: number;
  /** Commits and annotated tags that were, with their messages. */
  readonly messages: number;
  /** Larger ones, which were passed over. */
  readonly passedOver: number;
  /** False where it took too long, or was too much to compare: what was not looked at may hold anything. */
  readonly complete: boolean;
  /** What of the history is not in this clone. */
  readonly absent?: 'shallow' | 'partial' | 'missing' | undefined;
}

/** Larger ones are passed over, and counted. */
const largestFile = 8 << 20;
const msToLook = 30_000;

/**
 * Looks through all objects of a repository, whatever branch and time they are of, for keys with these fingerprints. By content: a key
 * is not given to git, which would show it to every process. Files, and the messages of commits and tags. `start` spawns git with the arguments, disarmed.
 */
export async function keysInObjects(
  start: (args: readonly string[]) => ReturnType<typeof spawn>,
  known: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<GitObjects> {
  const child = start(['cat-file', '--batch-all-objects', '--batch', '--buffer', '--unordered']);
  const found = new Set<string>();
  const counts = { looked: 0, messages: 0, passedOver: 0 };
  let compared = true;
  const stop = () => child.kill('SIGKILL');
  const timer = setTimeout(stop, msToLook);
  signal.addEventListener('abort', stop);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (status) => resolve(status));
    child.once('error', () => resolve(null));
  });
  try {
    if (child.stdout) {
      for await (const object of objectsIn(child.stdout)) {
        if (object.type === 'tree') continue;
        if (!object.bytes) {
          counts.passedOver++;
          continue;
        }
        counts[object.type === 'blob' ? 'looked' : 'messages']++;
        const text = textOf(object.bytes) ?? object.bytes.toString('latin1');
        const { keys, complete } = knownKeysIn(text, known);
        for (const key of keys) found.add(key);
        compared &&= complete;
      }
    }
    const isWhole = (await ended) === 0;
    return { keys: [...found], ...counts, complete: isWhole && compared };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    stop();
  }
}

interface GitObject {
  readonly type: string;
  /** Absent where the object is larger than a file of settings. */
  readonly bytes: Buffer | undefined;
}

/** Cuts the output of `git cat-file --batch`: `OID TYPE SIZE`, a line end, the content, a line end. */
async function* objectsIn(output: AsyncIterable<Buffer>): AsyncGenerator<GitObject> {
  let rest = Buffer.alloc(0);
  /** Of an object that is too large, what is still to be passed over. */
  let toSkip = 0;
  for await (const chunk of output) {
    if (toSkip >= chunk.length) {
      toSkip -= chunk.length;
      continue;
    }
    rest = Buffer.concat([rest, chunk.subarray(toSkip)]);
    toSkip = 0;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const [, type = '', size = '0'] = rest.toString('latin1', 0, end).split(' ');
      const whole = end + 1 + Number(size) + 1;
      if (Number(size) > largestFile) {
        yield { type, bytes: undefined };
        toSkip = Math.max(0, whole - rest.length);
        rest = rest.subarray(Math.min(whole, rest.length));
        if (toSkip > 0) break;
        continue;
      }
      if (rest.length < whole) break;
      yield { type, bytes: rest.subarray(end + 1, whole - 1) };
      rest = rest.subarray(whole);
    }
  }
}
