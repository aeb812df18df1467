import type { FormId } from './new-artefact.ts';

/** What each form of a backup is good for, in a sentence each: what it withstands, and what it needs. */
export const forms: readonly {
  readonly id: FormId;
  readonly title: string;
  readonly withstands: string;
  readonly needs: string;
  /** A file with the key as text; the others exist only for keys of 32 bytes in base64. */
  readonly isFile: boolean;
}[] = [
  {
    id: 'passphrase',
    title: 'age file, passphrase',
    withstands: 'Safe to store anywhere: useless without the passphrase.',
    needs: 'Needs the file and the passphrase.',
    isFile: true,
  },
  {
    id: 'recipients',
    title: 'age file, public keys',
    withstands: 'Any one of several recipients can decrypt it; no passphrase to remember.',
    needs: 'Needs the file and one identity.',
    isFile: true,
  },
  {
    id: 'words',
    title: 'Recovery words',
    withstands: 'Survives any disk failure. Anyone who reads the words has the key.',
    needs: 'Needs the 24 words, and a safe for them.',
    isFile: false,
  },
  {
    id: 'shares',
    title: 'Shares',
    withstands: 'No single person has the key, and it can survive the loss of a holder.',
    needs: 'Needs the number of holders you choose.',
    isFile: false,
  },
  {
    id: 'paper',
    title: 'Paper kit',
    withstands: 'A sheet to print, with instructions for restoring without Keel.',
    needs: 'Needs the sheet, and the passphrase if it has one.',
    isFile: false,
  },
];
