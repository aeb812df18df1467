import { NativeSelect, Radio } from '@mantine/core';
import styles from '../backup.module.css';
import type { MakeDraft } from './new-artefact.ts';

export interface PaperChoiceProps {
  readonly draft: MakeDraft;
  readonly onChange: (change: Partial<MakeDraft>) => void;
}

/** What is on the sheets that are printed, and how large they are. */
export function PaperChoice({ draft, onChange }: PaperChoiceProps) {
  return (
    <>
      <Radio.Group
        label="What to print"
        value={draft.paper}
        // a place is chosen for what is printed
        onChange={(paper) => onChange({ paper: paper as MakeDraft['paper'], path: undefined })}
      >
        <div className={styles.choices}>
          <Radio
            value="sealed"
            label="QR code protected by a passphrase"
            description="Safe to print anywhere. Write the passphrase on another sheet, or on the line provided."
          />
          <Radio
            value="words"
            label="The recovery words"
            description="The key in plain text: use a printer that stores nothing, and delete the PDF."
          />
          <Radio
            value="shares"
            label="One share per page"
            description="For named holders. The PDF with all pages contains the key in plain text: delete it after printing."
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
