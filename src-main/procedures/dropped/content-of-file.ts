import { X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { constants } from 'node:fs';
import { applications, isVariable } from '#applications/applications';
import { detectForm } from '#backup/detect-form';
import { isPictureFile } from '#backup/pictures/picture-file';
import type { DroppedContent } from '#contract/dropped';
import { inventory } from '#contract/inventory';
import { parseJson } from '#storage/text-file';
import { readSmallFile } from '#storage/small-file';
import { textOf } from '#storage/text-encoding';

/** A key, a backup and a file of settings are far smaller. */
export const longestDropped = 1 << 20;
/** A name, or two, on a line. */
const mostCertificates = 10;
const longestName = 300;

/**
 * What a file seems to be by its content, whatever it is called. Reads at most 1 MiB of it, and answers nothing that could be secret. Whether
 * it is whole and right is for what is done with it to say.
 */
export async function contentOfFile(path: string): Promise<DroppedContent> {
  if (await isPictureFile(path)) return { is: 'picture' };
  const read = await readSmallFile(path, { max: longestDropped });
  if (!('bytes' in read)) {
    if (read.fault !== 'too-long') return { is: 'unread', why: read.why };
    if (isDump(await headOf(path))) return { is: 'dump' };
    return { is: 'too-large', bytes: read.size ?? longestDropped + 1, limit: longestDropped };
  }
  const { bytes } = read;
  try {
    if (isDump(bytes)) return { is: 'dump' };
    const form = await detectForm({ path });
    if ('form' in form && form.form === 'age-file')
      return { is: 'age-file', opensBy: form.sealedTo === 'passphrase' ? 'passphrase' : 'identity' };
    const text = textOf(bytes);
    if (text === undefined) return { is: 'unknown' };
    const told = contentOfText(text);
    if (told) return told;
    if ('form' in form && (form.form === 'words' || form.form === 'share')) return { is: form.form };
    return keyIn(text) ?? { is: 'unknown' };
  } finally {
    bytes.fill(0);
  }
}

function contentOfText(text: string): DroppedContent | undefined {
  if (/^AGE-SECRET-KEY-1/m.test(text)) return { is: 'identity' };
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return { is: 'private-key' };
  const certificates = certificatesIn(text);
  if (certificates.length > 0) return { is: 'certificates', certificates };
  if (text.trimStart().startsWith('{')) {
    const json = parseJson(text);
    const parsed = 'value' in json ? inventory.safeParse(json.value) : undefined;
    return parsed?.success ? { is: 'inventory', columns: parsed.data.columns.length } : undefined;
  }
  return settingsIn(text);
}

/** A file of settings, by lines that assign something. Comments of a backup assign nothing, nor does a key in base64, which may end in `=`. */
function settingsIn(text: string): DroppedContent | undefined {
  const assigned = [...text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=(?!=?\s*$)/gm)].map(
    ([, name]) => name as string,
  );
  if (assigned.length === 0) return undefined;
  const ofKeys = new Set(applications().flatMap(({ variables }) => variables.filter(isVariable)));
  return { is: 'settings', sets: [...new Set(assigned.filter((name) => ofKeys.has(name)))] };
}

/** A single word that is long enough; a passphrase of several could be any text. */
function keyIn(text: string): DroppedContent | undefined {
  const line = text.replace(/\r?\n$/, '');
  return /^[\x21-\x7e]{16,512}$/.test(line) ? { is: 'key', characters: line.length } : undefined;
}

function certificatesIn(text: string) {
  // `split` reads the text once, whatever it holds
  const blocks = text.split('-----BEGIN CERTIFICATE-----', mostCertificates + 1).slice(1);
  return blocks.flatMap((rest) => {
    const [body = '', ...end] = rest.split('-----END CERTIFICATE-----', 2);
    const certificate =
      end.length > 0
        ? certificateOf(`-----BEGIN CERTIFICATE-----${body}-----END CERTIFICATE-----`)
        : undefined;
    if (!certificate) return [];
    const { subject, issuer, validFrom, validTo, ca, fingerprint256 } = certificate;
    return [
      {
        subject: named(subject),
        issuer: named(issuer),
        validFrom: new Date(validFrom).toISOString(),
        validTo: new Date(validTo).toISOString(),
        isExpired: Date.parse(validTo) < Date.now(),
        isAuthority: ca,
        fingerprint: fingerprint256,
      },
    ];
  });
}

function certificateOf(block: string): X509Certificate | undefined {
  try {
    return new X509Certificate(block);
  } catch {
    // damaged: it is not told as a certificate
    return undefined;
  }
}

function named(distinguished: string | undefined): string {
  return (distinguished ?? '').replaceAll('\n', ', ').slice(0, longestName);
}

/** `pg_dump`'s own formats but the folder and the tar, and its SQL. */
function isDump(head: Buffer): boolean {
  const start = head.subarray(0, 200).toString('latin1');
  return start.startsWith('PGDMP') || /^(?:--\s*)*-- PostgreSQL database (?:cluster )?dump/.test(start);
}

async function headOf(path: string): Promise<Buffer> {
  await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const head = Buffer.alloc(200);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  return head.subarray(0, bytesRead);
}
