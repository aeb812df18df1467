import { Radio, TextInput } from '@mantine/core';
import type { EnvironmentCard } from '#contract/environments';
import { HoldToShow } from '../../../components/secrets/hold-to-show.tsx';
import { Notice } from '../../../components/notices/notice.tsx';
import { useReveal } from '../../../components/secrets/use-reveal.ts';
import { useClient } from '../../../use-client.ts';
import styles from '../backup.module.css';
import type { MakeDraft } from './new-artefact.ts';
import wordStyles from './words-choice.module.css';

export interface WordsChoiceProps {
  readonly environment: EnvironmentCard;
  readonly draft: MakeDraft;
  readonly onChange: (change: Partial<MakeDraft>) => void;
}

/** The key as 24 words: copied by hand from the screen, or written to a file. */
export function WordsChoice({ environment, draft, onChange }: WordsChoiceProps) {
  const { wordsBy, location, fingerprint } = draft;
  return (
    <>
      <Notice
        tone="warn"
        title="The words are the key in plain text."
        remedy="They are not a crypto wallet seed: never enter them in a wallet app. Keep them where you would keep cash."
      />
      <Radio.Group
        label="How do you want to record them?"
        value={wordsBy}
        onChange={(by) => onChange({ wordsBy: by as MakeDraft['wordsBy'] })}
      >
        <div className={styles.choices}>
          <Radio value="hand" label="Write them down by hand" description="No file is created." />
          <Radio
            value="file"
            label="In a text file"
            description="For removable media that you lock away, never for this machine’s disk."
          />
        </div>
      </Radio.Group>
      {wordsBy === 'hand' && (
        <>
          <WordsHold key={fingerprint} environment={environment.id} fingerprint={fingerprint} />
          <TextInput
            label="Where will you keep the paper?"
            description="Shown in the list of backups, for example “office safe”."
            maxLength={200}
            value={location}
            onChange={(event) => onChange({ location: event.currentTarget.value })}
          />
        </>
      )}
    </>
  );
}

/** Long enough to copy 24 words with the other hand. */
const writingMs = 300_000;

function WordsHold({
  environment,
  fingerprint,
}: {
  readonly environment: string;
  readonly fingerprint: string;
}) {
  const client = useClient();
  const reveal = useReveal(() => client.call('words.reveal', { environment, fingerprint }), {
    maxMs: writingMs,
  });
  return (
    <HoldToShow label="Hold to show the words" reveal={reveal}>
      {reveal.shown && (
        <ol className={wordStyles.words}>
          {reveal.shown.words.map((word, at) => (
            // a place is what a word is
            <li key={`word ${at + 1}`}>
              <span className={wordStyles.number}>{at + 1}</span>
              {word}
            </li>
          ))}
        </ol>
      )}
    </HoldToShow>
  );
}
