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
    withstands: 'May lie anywhere: who finds it has nothing without the passphrase.',
    needs: 'Needs the file and the passphrase.',
  },
  {
    id: 'recipients',
    title: 'age file, public keys',
    withstands: 'Any one of several people opens it; nobody has to remember anything.',
    needs: 'Needs the file and one identity.',
  },
  {
    id: 'words',
    title: 'Recovery words',
    withstands: 'Paper outlives every disk. Who reads the words has the key.',
    needs: 'Needs the 24 words, and a safe for them.',
  },
  {
    id: 'shares',
    title: 'Shares',
    withstands: 'No one alone has the key, and one who is gone is not missed.',
    needs: 'Needs as many holders as you say.',
  },
  {
    id: 'paper',
    title: 'Paper kit',
    withstands: 'A sheet to print, with the steps to restore without Keel.',
    needs: 'Needs the sheet, and the passphrase if it is sealed.',
  },
];
