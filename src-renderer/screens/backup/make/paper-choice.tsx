import { NativeSelect, Radio } from '@mantine/core';
import styles from '../backup.module.css';
import type { MakeDraft } from './new-artefact.ts';

export interface PaperChoiceProps {
  readonly draft: MakeDraft;
  readonly onChange: (change: Partial<MakeDraft>) => void;
}

/** What stands on the sheets that are printed, and how large they are. */
export function PaperChoice({ draft, onChange }: PaperChoiceProps) {
  return (
    <>
      <Radio.Group
        label="What stands on it"
        value={draft.paper}
        onChange={(paper) => onChange({ paper: paper as MakeDraft['paper'] })}
      >
        <div className={styles.choices}>
          <Radio
            value="sealed"
            label="A code that a passphrase opens"
            description="Safe to print anywhere. Write the passphrase onto another sheet, or onto the line that is left for it."
          />
          <Radio
            value="words"
            label="The recovery words"
            description="The key in clear: print it on a printer that keeps nothing, and delete the PDF."
          />
          <Radio
            value="shares"
            label="A share a page"
            description="For named holders; with all pages the PDF is the key in clear. Delete it after printing."
          />
        </div>
      </Radio.Group>
      <NativeSelect
        label="Paper"
        data={[
          { value: 'a4', label: 'A4' },
          { value: 'letter', label: 'Letter' },
        ]}
        value={draft.size}
        onChange={(event) => onChange({ size: event.currentTarget.value as MakeDraft['size'] })}
      />
    </>
  );
}
