import { useState } from 'react';
import type { DrillResult, GivenArtefact } from '#contract/backup';
import type { DroppedContent } from '#contract/dropped';
import type { EnvironmentCard } from '#contract/environments';
import type { HandoffTarget } from '#contract/handoff';
import type { KeySource } from '#contract/keys';
import type { Failure } from '#contract/shapes';
import { useClient } from '../../use-client.ts';

interface Dropped {
  readonly path: string;
  readonly content: DroppedContent;
  readonly passphrase: string;
}

/** What is done with a dropped file once its button is pressed. */
export function useDroppedActs(environment: EnvironmentCard | undefined, dropped: Dropped) {
  const client = useClient();
  const [busy, setBusy] = useState<'import' | 'test'>();
  const [failure, setFailure] = useState<Failure>();
  const [imported, setImported] = useState<string>();
  const [tested, setTested] = useState<DrillResult>();
  const forget = () => {
    setFailure(undefined);
    setImported(undefined);
    setTested(undefined);
  };
  const expected = environment?.activeKey?.fingerprint ?? environment?.pendingKey;

  const take = async () => {
    if (!environment) return;
    forget();
    setBusy('import');
    const source = sourceOf(dropped);
    const result = await client.call('keys.adopt', { environment: environment.id, source });
    setBusy(undefined);
    if (result.ok) setImported(result.value.fingerprint);
    else setFailure(result.error);
  };

  const test = async () => {
    if (!environment || expected === undefined) return;
    forget();
    setBusy('test');
    const result = await client.run('backup.drill', {
      environment: environment.id,
      fingerprint: expected,
      from: artefactOf(dropped),
    }).outcome;
    setBusy(undefined);
    if (result.ok) setTested(result.value);
    else setFailure(result.error);
  };

  return {
    busy,
    failure,
    imported,
    tested,
    expected,
    take,
    test,
    forget,
    place: placeOf(dropped, environment),
  };
}

function sourceOf({ path, content, passphrase }: Dropped): KeySource {
  if (content.is === 'settings') return { kind: 'env-file', path };
  if (content.is === 'key') return { kind: 'key-file', path };
  return { kind: 'artefact', from: artefactOf({ path, content, passphrase }) };
}

function artefactOf({ path, content, passphrase }: Dropped): GivenArtefact {
  return content.is === 'words' ? { from: 'words-file', path } : { from: 'file', path, passphrase };
}

/** The file as a place that the application reads its key from. */
function placeOf(
  { path, content }: Dropped,
  environment: EnvironmentCard | undefined,
): { readonly handoff: HandoffTarget } | undefined {
  const variable = environment?.application.variable;
  if (content.is === 'key') return { handoff: { kind: 'key-file', path } };
  return variable === undefined ? undefined : { handoff: { kind: 'env-file', path, variable } };
}
