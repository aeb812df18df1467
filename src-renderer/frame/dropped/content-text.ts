import type { EnvironmentCard } from '#contract/environments';
import type { DroppedContent } from '#contract/dropped';
import { formatCount } from '#shared/counted';
import { asSentence, formatMebibytes } from '../../components/format.ts';

/** What the file seems to be, and what there is to know about that. */
export function contentInWords(content: DroppedContent): { readonly title: string; readonly says: string } {
  switch (content.is) {
    case 'settings':
      return content.sets.length > 0
        ? { title: 'A settings file', says: `It sets ${content.sets.join(', ')}.` }
        : {
            title: 'A settings file',
            says: 'It sets none of the key variables that Keel knows, so there is nothing to import.',
          };
    case 'key':
      return {
        title: 'A file that could be a key',
        says: `It has one line of ${formatCount(content.characters)} characters without spaces.`,
      };
    case 'age-file':
      return content.opensBy === 'passphrase'
        ? { title: 'An age file with a passphrase', says: 'It could be a backup of a key.' }
        : {
            title: 'An age file for public keys',
            says: 'It could be a backup of a key. Test or restore it on the Backups and Key screens, with its identity file.',
          };
    case 'words':
      return { title: 'Recovery words', says: 'The file contains a key in plain text, as words.' };
    case 'share':
      return {
        title: 'A share of a key',
        says: 'A single share restores nothing. Test a set on the Backups screen, which takes several files.',
      };
    case 'picture':
      return {
        title: 'A picture or PDF',
        says: 'If it shows the code of a paper kit, restore it on the Key screen: Restore from a backup, photo or scan.',
      };
    case 'identity':
      return {
        title: 'An age identity',
        says: 'It decrypts age files that were encrypted for its public key. It contains no key of a database.',
      };
    case 'private-key':
      return {
        title: 'A private key in PEM format',
        says: 'Keel has no use for it here. To log in with a client certificate, choose it when you connect the database.',
      };
    case 'certificates':
      return {
        title: content.certificates.length === 1 ? 'A certificate' : 'Certificates',
        says: 'To trust a CA for a connection, choose its file as “Root certificate” when you connect the database.',
      };
    case 'inventory':
      return {
        title: 'An inventory of encrypted columns',
        says: `It lists ${formatCount(content.columns)} columns. Use it on the command line: keel env update NAME --inventory FILE.`,
      };
    case 'dump':
      return {
        title: 'A PostgreSQL dump',
        says: 'To see which key its values are encrypted with, run keel census --file FILE.',
      };
    case 'unknown':
      return {
        title: 'Not a file that Keel knows',
        says: 'It is not a key, settings file, backup, certificate, inventory or dump that Keel recognises.',
      };
    case 'too-large':
      return {
        title: 'Too large to be read',
        says: `The file has ${formatMebibytes(content.bytes)}; Keel reads at most ${formatMebibytes(content.limit)} of a dropped file. Keys, backups and certificates are far smaller.`,
      };
    case 'unread':
      return { title: 'The file was not read', says: asSentence(content.why) };
  }
}

/** Whether something can be done with it for some environment. */
export function hasUse(content: DroppedContent): boolean {
  if (content.is === 'settings') return content.sets.length > 0;
  if (content.is === 'age-file') return content.opensBy === 'passphrase';
  return content.is === 'key' || content.is === 'words';
}

/** What can be done with a file for an environment. */
export interface DroppedActs {
  readonly imports: boolean;
  readonly tests: boolean;
  readonly handsOff: boolean;
  /** Of an age file: it has to be typed first. */
  readonly needsPassphrase: boolean;
  /** Why nothing can be done for this environment, where for another one it could. */
  readonly whyNot?: string;
}

/** What is offered for an environment, as its application reads keys. */
export function actsFor(
  content: DroppedContent,
  { application, activeKey }: Pick<EnvironmentCard, 'application' | 'activeKey'>,
): DroppedActs {
  const { name, variable, hasWords } = application;
  // a hand-off writes the active key
  const handsOff = activeKey !== undefined;
  const none = { imports: false, tests: false, handsOff: false, needsPassphrase: false };
  switch (content.is) {
    case 'settings': {
      if (content.sets.length === 0) return none;
      const isRead = variable !== undefined && content.sets.includes(variable);
      return isRead
        ? { ...none, imports: true, handsOff }
        : { ...none, whyNot: `The file does not set ${variable ?? 'a variable'}, which ${name} reads.` };
    }
    case 'key':
      return { ...none, imports: true, handsOff };
    case 'age-file':
      return content.opensBy === 'passphrase'
        ? { ...none, imports: true, tests: true, needsPassphrase: true }
        : none;
    case 'words':
      return hasWords
        ? { ...none, imports: true, tests: true }
        : {
            ...none,
            whyNot: `Recovery words exist only for keys of 32 bytes in base64, and not for those of ${name}.`,
          };
    case 'certificates':
    case 'dump':
    case 'identity':
    case 'inventory':
    case 'picture':
    case 'private-key':
    case 'share':
    case 'too-large':
    case 'unknown':
    case 'unread':
      return none;
  }
}
