import { asSentence } from '../../components/format.ts';
import { Notice } from '../../components/notices/notice.tsx';

/** What was made of an address, and what of it is not followed. */
export function AddressNotes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <Notice
      title="How the URL was interpreted"
      remedy={notes.map((note) => asSentence(note)).join(' ')}
      tone="info"
    />
  );
}
