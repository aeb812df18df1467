import type { FormId } from './new-artefact.ts';

/** What each form of a backup is good for, in a sentence each: what it withstands, and what it needs. */
export const forms: readonly {
  readonly id: FormId;
  readonly title: string;
  readonly withstands: string;
  readonly needs: string;
}[] = [
  {
    id: 'passphrase',
    title: 'age file, passphrase',
    withstands: 'Safe to store anywhere: useless without the passphrase.',
    needs: 'Needs the file and the passphrase.',
  },
  {
    id: 'recipients',
    title: 'age file, public keys',
    withstands: 'Any one of several recipients can decrypt it; no passphrase to remember.',
    needs: 'Needs the file and one identity.',
  },
  {
    id: 'words',
    title: 'Recovery words',
    withstands: 'Survives any disk failure. Anyone who reads the words has the key.',
    needs: 'Needs the 24 words, and a safe for them.',
  },
  {
    id: 'shares',
    title: 'Shares',
    withstands: 'No single person has the key, and it can survive the loss of a holder.',
    needs: 'Needs the number of holders you choose.',
  },
  {
    id: 'paper',
    title: 'Paper kit',
    withstands: 'A sheet to print, with instructions for restoring without Keel.',
    needs: 'Needs the sheet, and the passphrase if it has one.',
  },
];
