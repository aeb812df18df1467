import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import type { KeyChange } from './use-key-changes.ts';

export interface KeyChangeNoticeProps {
  readonly change: KeyChange;
  /** Fingerprint of the active key. */
  readonly active: string | undefined;
}

/** What became of a key just now; one that everyone knows is not taken in silence. */
export function KeyChangeNotice({ change, active }: KeyChangeNoticeProps) {
  const id = <Fingerprint value={change.fingerprint} copyable={false} />;
  if (change.kind === 'generated') {
    return (
      <Notice
        live
        tone="good"
        title={<>The new key {id} is stored, read back and compared.</>}
        remedy="It is pending: nothing depends on it until a rotation, and Ballast must not have it before."
      />
    );
  }
  if (change.kind === 'destroyed') {
    return (
      <Notice
        live
        tone="good"
        title={<>The key {id} is destroyed: its store does not hold it any more.</>}
        remedy="Its fingerprint and dates are kept. Copies on paper and in files are yours to look after."
      />
    );
  }
  return (
    <>
      <Notice
        live
        tone="good"
        title={change.known ? <>The key {id} was in the ring already.</> : <>The key {id} is in the ring.</>}
        remedy={afterAdoption(change.fingerprint, active)}
      />
      {change.weak && (
        <Notice
          live
          tone="stop"
          title="This is the example key of the documentation: everyone knows it."
          remedy="What it encrypts is readable to whoever has the database. Prove it, then rotate to a new key soon."
        />
      )}
    </>
  );
}

function afterAdoption(fingerprint: string, active: string | undefined): string {
  if (active === fingerprint) return 'It is the active key; nothing changed.';
  return active === undefined
    ? 'Prove it on the database next: only then it is known to be the right one.'
    : 'The active key stays the one of this database: this one is kept beside it, and no rotation takes it.';
}
