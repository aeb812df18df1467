import { Fingerprint } from '../../components/fingerprint.tsx';
import { Notice } from '../../components/notice.tsx';
import type { Adopted } from './adopt-key.tsx';

/** What became of a key that was taken in; a key that everyone knows is not taken in silence. */
export function AdoptedNotice({
  adopted,
  isActive,
}: {
  readonly adopted: Adopted;
  readonly isActive: boolean;
}) {
  const { fingerprint, known, weak } = adopted;
  const id = <Fingerprint value={fingerprint} copyable={false} />;
  return (
    <>
      <Notice
        live
        tone="good"
        title={known ? <>The key {id} was in the ring already.</> : <>The key {id} is in the ring.</>}
        remedy={
          isActive
            ? 'It is the active key; nothing changed.'
            : 'Prove it on the database next: only then it is known to be the right one.'
        }
      />
      {weak && (
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

/** A new key waits, and that is all that happened. */
export function GeneratedNotice({ fingerprint }: { readonly fingerprint: string }) {
  return (
    <Notice
      live
      tone="good"
      title={
        <>
          The new key <Fingerprint value={fingerprint} copyable={false} /> is stored, read back and compared.
        </>
      }
      remedy="It is pending: nothing depends on it until a rotation, and Ballast must not have it before."
    />
  );
}
