import { ApplicationKey } from '#crypto/application-key';
import type { EncryptionKey } from '#crypto/encryption-key';

/** What stands around a key in an artefact, for the person who opens it years later. */
export interface ArtefactNotes {
  /** The environment's name. */
  readonly environment: string;
  readonly createdAt: Date;
}

/** The name before the key of another application: to the end of the line, it is what that application reads. */
const applicationName = 'APPLICATION_KEY=';

/**
 * The text that is sealed in an age file: a short comment and a line with the key as it is read, after `ENCRYPTION_KEY=` or, for another
 * application than Ballast, `APPLICATION_KEY=`. The caller wipes it.
 */
export function keyText(key: EncryptionKey, { environment, createdAt }: ArtefactNotes): Buffer {
  const isOther = key instanceof ApplicationKey;
  const title = isOther
    ? '# Key of an application, backed up by Keel: the text after the equals sign, to the end of the line'
    : '# ENCRYPTION_KEY, backed up by Keel';
  const comment = [
    title,
    `# environment: ${onOneLine(environment)}`,
    `# fingerprint: ${key.fingerprint}`,
    `# written: ${createdAt.toISOString()}`,
    isOther ? applicationName : 'ENCRYPTION_KEY=',
  ];
  // the key may be any bytes
  return Buffer.concat([Buffer.from(comment.join('\n')), key.written, Buffer.from('\n')]);
}

/** The same with less around it, where every letter makes a code on paper finer. The caller wipes it. */
export function shortKeyText(key: EncryptionKey): Buffer {
  return Buffer.from(`# fingerprint: ${key.fingerprint}\nENCRYPTION_KEY=${key.toBase64()}\n`);
}

/** A name with a line break in it could pass for a line of the artefact. */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
