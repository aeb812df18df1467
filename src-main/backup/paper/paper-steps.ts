import type { Steps } from './paper-sheet.ts';

/*
 * How a key comes back from a sheet of paper without Keel, in words for somebody who has never seen it. What is to be typed is
 * run by the tests as it stands here.
 */

/** The shorter way, where Keel is at hand. */
export const withKeel = (how: string) =>
  `With Keel: choose Test a backup, or run keel backup restore, and ${how}.`;

export const sealedSteps: Steps = [
  [
    'Scan the code with a phone or a QR reader. It contains the text that is printed below, from BEGIN to END.',
  ],
  [
    'Save that text as a file, for example key.age, on a computer that you trust and that has age (age-encryption.org).',
  ],
  [{ type: 'age --decrypt key.age' }, 'asks for the passphrase and prints a line ENCRYPTION_KEY=…'],
  [
    'Give the application the text after the equals sign as its key (Ballast: ENCRYPTION_KEY), and start the application.',
  ],
];

/** A Python program a line at a time; the words go in where it waits. */
export const wordsProgram = [
  'import base64, mnemonic',
  'words = input("the 24 words: ").lower().split()',
  'key = mnemonic.Mnemonic("english").to_entropy(words)',
  'print(base64.b64encode(bytes(key)).decode())',
] as const;

export const wordsSteps: Steps = [
  ['On a computer that you trust, with Python 3, install the package mnemonic and start python3:'],
  [
    'Type these lines. After the second, type all 24 words in order, on one line, separated by spaces:',
    ...wordsProgram.map((type) => ({ type })),
  ],
  ['What it prints is the key. If it reports a checksum error, a word is wrong or out of place.'],
  ['Give it to the application as its key (Ballast: ENCRYPTION_KEY), and start the application.'],
];

export function shareSteps(needed: number): Steps {
  return [
    [`Bring ${needed} of the shares of this set together, on a computer that you trust, with Python 3.`],
    [
      'Install the package shamir-mnemonic[cli], then run',
      { type: 'shamir recover' },
      'and type in the shares, 33 words each. It prints the key in hex.',
    ],
    ['Convert the hex to base64:', { type: 'echo HEX | xxd -r -p | base64' }],
    ['Give that to the application as its key (Ballast: ENCRYPTION_KEY), and start the application.'],
  ];
}
