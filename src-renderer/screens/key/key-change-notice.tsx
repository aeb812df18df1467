import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { useApplicationName } from '../../environment-here.ts';
import type { KeyChange } from './use-key-changes.ts';

export interface KeyChangeNoticeProps {
  readonly change: KeyChange;
  /** Fingerprint of the active key. */
  readonly active: string | undefined;
}

/** What became of a key just now; one that everyone knows is not taken in silence. */
export function KeyChangeNotice({ change, active }: KeyChangeNoticeProps) {
  const application = useApplicationName();
  const id = <Fingerprint value={change.fingerprint} copyable={false} />;
  if (change.kind === 'generated') {
    return (
      <Notice
        live
        tone="good"
        title={<>The new key {id} was stored, read back and compared.</>}
        remedy={`It is pending: nothing depends on it until a rotation. Do not give it to ${application} before then.`}
      />
    );
  }
  if (change.kind === 'destroyed') {
    return (
      <Notice
        live
        tone="good"
        title={<>Key {id} was destroyed: its store no longer contains it.</>}
        remedy="Its fingerprint and dates are kept. Take care of copies on paper and in files yourself."
      />
    );
  }
  return (
    <>
      <Notice
        live
        tone="good"
        title={
          change.known ? <>Key {id} was already in the key ring.</> : <>Key {id} was added to the key ring.</>
        }
        remedy={afterAdoption(change.fingerprint, active)}
      />
      {change.weak && (
        <Notice
          live
          tone="stop"
          title="This is the example key from the documentation: it is publicly known."
          remedy="Anyone with the database can read what it encrypts. Prove it, then rotate to a new key soon."
        />
      )}
    </>
  );
}

function afterAdoption(fingerprint: string, active: string | undefined): string {
  if (active === fingerprint) return 'It is the active key; nothing changed.';
  return active === undefined
    ? 'Prove it against the database next: until then, Keel cannot tell that it is the right key.'
    : 'The active key of this database does not change. This key is kept as well, but no rotation uses it.';
}
