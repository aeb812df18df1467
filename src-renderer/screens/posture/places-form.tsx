import { Button, Group, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { PosturePlaces } from '#contract/posture';
import type { Failure } from '#contract/shapes';
import { Card } from '../../components/layout/card.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { FileField } from '../../components/fields/file-field.tsx';
import { useClient } from '../../use-client.ts';
import { KeyFiles } from './key-files.tsx';
import { draftOf, faultIn, faultInLines, placesOf } from './places-draft.ts';
import styles from './posture.module.css';

export interface PlacesFormProps {
  readonly environment: EnvironmentCard;
  readonly places: PosturePlaces;
  readonly onSaved: () => Promise<void>;
  readonly onDone: () => void;
}

/** Where to look: nothing is contacted or read that is not named here. */
export function PlacesForm({ environment, places, onSaved, onDone }: PlacesFormProps) {
  const client = useClient();
  const [draft, setDraft] = useState(() => draftOf(places));
  const [failure, setFailure] = useState<Failure>();
  const faults = { api: faultIn(draft.api), qdrant: faultIn(draft.qdrant), oauth: faultInLines(draft.oauth) };
  const sound = Object.values(faults).every((fault) => fault === undefined);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!sound) return;
    const result = await client.call('posture.configure', {
      environment: environment.id,
      places: placesOf(draft),
    });
    setFailure(result.ok ? undefined : result.error);
    if (!result.ok) return;
    await onSaved();
    onDone();
  };

  const plain = { autoComplete: 'off', spellCheck: false } as const;
  return (
    <Card title="What to check">
      <form className={styles.form} onSubmit={(event) => void save(event)}>
        <TextInput
          {...plain}
          label="API"
          placeholder="https://ballast.example.org/api/v1"
          description="Private addresses are allowed. Only the addresses listed here are contacted; redirects are not followed."
          value={draft.api}
          error={faults.api}
          onChange={(event) => setDraft({ ...draft, api: event.currentTarget.value })}
        />
        <TextInput
          {...plain}
          label="Qdrant"
          placeholder="https://qdrant.example.org:6333"
          description="Its REST interface. Keel requests its collections without an API key."
          value={draft.qdrant}
          error={faults.qdrant}
          onChange={(event) => setDraft({ ...draft, qdrant: event.currentTarget.value })}
        />
        <Textarea
          {...plain}
          label="OAuth endpoints"
          placeholder={'https://ballast.example.org/oauth/callback'}
          description="Token and redirect URLs, one per line."
          autosize
          minRows={2}
          maxRows={6}
          value={draft.oauth}
          error={faults.oauth}
          onChange={(event) => setDraft({ ...draft, oauth: event.currentTarget.value })}
        />
        <FileField
          label="Root certificate"
          purpose="open-certificate"
          description="Of the private CA that signed these certificates."
          value={draft.rootCertificate}
          onChange={(rootCertificate) => setDraft({ ...draft, rootCertificate })}
          onClear={() => setDraft({ ...draft, rootCertificate: undefined })}
        />
        <KeyFiles files={draft.keyFiles} onChange={(keyFiles) => setDraft({ ...draft, keyFiles })} />
        {failure && <FailureNotice failure={failure} environment={environment} />}
        <Group gap="xs">
          <Button type="submit" disabled={!sound}>
            Save
          </Button>
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
        </Group>
      </form>
    </Card>
  );
}
