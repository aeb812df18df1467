import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Secrets that a spec knows, by name, in every form in which they could lie somewhere. */
export type KnownSecrets = Readonly<Record<string, readonly Buffer[]>>;

/** As raw bytes, base64 of both alphabets, hex, and a list of numbers. */
export function formsOfKey(key: Buffer): Buffer[] {
  const base64 = key.toString('base64');
  const hex = key.toString('hex');
  const texts = [base64, key.toString('base64url'), encodeURIComponent(base64), hex, hex.toUpperCase()];
  return [key, ...texts.flatMap(encoded), Buffer.from([...key].join(','))];
}

/** As text, as in an address, and as base64 or hex of the text. */
export function formsOfText(text: string): Buffer[] {
  const bytes = Buffer.from(text, 'utf8');
  const texts = [
    text,
    encodeURIComponent(text),
    bytes.toString('base64').replace(/=*$/, ''),
    bytes.toString('hex'),
  ];
  return [...new Set(texts)].flatMap(encoded);
}

function encoded(text: string): Buffer[] {
  return [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')];
}

/** The names of those that are in it, each with where that is. */
export function found(secrets: KnownSecrets, where: string, content: Buffer | string): string[] {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  return Object.entries(secrets)
    .filter(([, forms]) => forms.some((form) => bytes.includes(form)))
    .map(([name]) => `${name} in ${where}`);
}

/** The same of every file under a folder; what goes away meanwhile is left out. */
export async function foundUnder(
  secrets: KnownSecrets,
  folder: string,
  except: readonly string[] = [],
): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !except.includes(path));
  const hits: string[] = [];
  for (const path of files)
    hits.push(...found(secrets, path, await readFile(path).catch(() => Buffer.alloc(0))));
  return hits;
}

/** The same of the arguments of every process of this machine; on Linux, where they can be read. */
export async function foundInArguments(secrets: KnownSecrets): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const hits = processes.map(async (id) => {
    const line = await readFile(`/proc/${id}/cmdline`).catch(() => Buffer.alloc(0));
    return found(secrets, `the arguments of process ${id}`, line);
  });
  return (await Promise.all(hits)).flat();
}
