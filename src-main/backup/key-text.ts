import { type EncryptionKey, parseEncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { anotherCopy, type Broken, broken } from './artefact-break.ts';

/** What stands around a key in an artefact, for the person who opens it years later. */
export interface ArtefactNotes {
  /** The environment's name. */
  readonly environment: string;
  readonly createdAt: Date;
}

/** The text that is sealed in an age file: a short comment and the line that Ballast reads. The caller wipes it. */
export function keyText(key: EncryptionKey, { environment, createdAt }: ArtefactNotes): Buffer {
  return Buffer.from(
    [
      '# ENCRYPTION_KEY of Ballast, backed up by Keel',
      `# environment: ${onOneLine(environment)}`,
      `# fingerprint: ${key.fingerprint}`,
      `# written: ${createdAt.toISOString()}`,
      `ENCRYPTION_KEY=${key.toBase64()}`,
      '',
    ].join('\n'),
  );
}

/** The same with less around it, where every letter makes a code on paper finer. The caller wipes it. */
export function shortKeyText(key: EncryptionKey): Buffer {
  return Buffer.from(`# fingerprint: ${key.fingerprint}\nENCRYPTION_KEY=${key.toBase64()}\n`);
}

/** Finds the one ENCRYPTION_KEY in the text, for the caller to dispose. Wipes `plain`. */
export function readKeyText(plain: Buffer): { readonly key: EncryptionKey } | Broken {
  const text = plain.toString('utf8');
  plain.fill(0);
  const [value, ...more] = [...text.matchAll(/^ENCRYPTION_KEY=(.*)$/gm)].map((match) => match[1] ?? '');
  if (value === undefined || more.length > 0) {
    const count = value === undefined ? 'no' : 'more than one';
    return broken('text', `it opens, but holds ${count} ENCRYPTION_KEY`, anotherCopy);
  }
  try {
    return { key: parseEncryptionKey(value, { allowWeak: true }) };
  } catch (error) {
    if (!(error instanceof KeelError)) throw error;
    return broken('key', `it opens, but ${error.message}`, anotherCopy);
  }
}

/** A name with a line break in it could pass for a line of the artefact. */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
