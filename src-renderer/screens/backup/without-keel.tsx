import type { ReactNode } from 'react';
import type { ApplicationInBrief } from '#contract/application';
import type { GivenKind } from '../../components/fields/given-artefact.ts';
import { Card } from '../../components/layout/card.tsx';
import { CopyableText } from '../../components/secrets/copyable-text.tsx';
import { fileName } from '../../components/format.ts';
import styles from './backup.module.css';

export interface WithoutKeelProps {
  readonly kind: GivenKind;
  readonly file?: string | undefined;
  readonly application: ApplicationInBrief;
}

/** How to get the key back on a machine that has no Keel. */
export function WithoutKeel({ kind, file, application }: WithoutKeelProps) {
  return (
    <Card title="Restore without Keel">
      <ol className={styles.steps}>
        {stepsFor(kind, file, application).map((step, at) => (
          // a place is what a step is
          <li key={`step ${at + 1}`}>{step}</li>
        ))}
      </ol>
    </Card>
  );
}

function stepsFor(
  kind: GivenKind,
  file: string | undefined,
  { id, name: whose, variable }: ApplicationInBrief,
): readonly ReactNode[] {
  const printed =
    id === 'ballast' ? (
      <>
        It prints the line <code>ENCRYPTION_KEY=…</code> for Ballast’s .env.
      </>
    ) : (
      <>
        It prints a line with the key after the first equals sign, for{' '}
        {variable === undefined ? whose : <code>{variable}</code>}.
      </>
    );
  switch (kind) {
    case 'file':
    case 'identity': {
      const name = file === undefined ? 'FILE.age' : quoted(fileName(file));
      const command = kind === 'file' ? `age --decrypt ${name}` : `age --decrypt -i IDENTITY ${name}`;
      return [
        <>
          Install <code>age</code> from your distribution, Homebrew or age-encryption.org.
        </>,
        <>
          {kind === 'file'
            ? 'In the folder of the file, run this and enter the passphrase:'
            : 'In the folder of the file, run this:'}
          <Command text={command} />
        </>,
        printed,
      ];
    }
    case 'photo':
      return [
        <>
          Scan the code with any QR reader, and save the text as <code>kit.age</code>.
        </>,
        <>
          With <code>age</code> installed, run this and enter the passphrase:
          <Command text="age --decrypt kit.age" />
        </>,
        printed,
      ];
    case 'words':
    case 'words-file':
      return [
        <>
          On a machine that you trust, with Python 3:
          <Command text="pip install mnemonic" />
        </>,
        <>
          Run this, type the words on one line, and press Ctrl-D:
          <Command text={wordsCommand} />
        </>,
        `It prints the key in the format that ${whose}’s .env needs.`,
      ];
    case 'shares':
      return [
        <>
          On a machine that you trust, with Python 3:
          <Command text="pip install 'shamir-mnemonic[cli]'" />
        </>,
        <>
          Run this, and enter the required number of shares:
          <Command text="shamir recover" />
        </>,
        <>
          It prints the key in hex. Convert it to base64 for {whose}’s .env:
          <Command text="echo HEX | xxd -r -p | base64" />
        </>,
      ];
  }
}

const wordsCommand = `python3 -c "import sys,base64,mnemonic; print(base64.b64encode(mnemonic.Mnemonic('english').to_entropy(sys.stdin.read().split())).decode())"`;

function Command({ text }: { readonly text: string }) {
  return (
    <div className={styles.command}>
      <CopyableText text={text} what="the command" />
    </div>
  );
}

function quoted(name: string): string {
  return /^\w[\w.-]*$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
