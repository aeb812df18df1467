import type { EncryptionKey } from '#crypto/encryption-key';
import { provenBits } from '#evidence/plaintexts/value-evidence';
import { ivBytesOrName } from '#forms/cipher';
import type { Ciphertext } from '#forms/ciphertext';
import { type Form, readEntry } from '#forms/entry';
import { areDistinguishable } from '#forms/generations';
import { formatLayout } from '#forms/layout';
import { type ExaminedPlace, recognise, type Recognised } from './recognise.ts';
import { findTails } from './tails.ts';
import type { SampledText, TextGroup } from './texts.ts';

/** Looks of texts that are tried, the most frequent first. */
const maxLooks = 8;

/**
 * The forms of a place whose values were written at several times. Texts that look alike are recognised by themselves; where that reads any of them in another way than one
 * form for all does, they are places of their own. One place where they are not.
 */
export async function splitGenerations(
  place: ExaminedPlace,
  groups: readonly TextGroup[],
  key: EncryptionKey,
): Promise<ExaminedPlace[]> {
  const { group, recognition } = place;
  const looks = byLook(group.texts);
  if (looks.length < 2) return [place];
  const others = groups.filter((other) => other !== group);
  const split: (ExaminedPlace & { readonly form: Form; readonly own: Recognised })[] = [];
  const closed: SampledText[] = looks.slice(maxLooks).flat();
  for (const texts of looks.slice(0, maxLooks)) {
    const alike: TextGroup = { ...group, texts };
    const again = holdsTails(alike, key) ? await recognise(alike, [alike, ...others], key) : undefined;
    const own = again?.form;
    if (!again || !own || own.statistics.bits < provenBits) closed.push(...texts);
    else split.push({ group: alike, recognition: again, within: group, form: entryOf(own), own });
  }
  const forms = split.map(({ form }) => form);
  const areApart = forms.every((one, i) =>
    forms.slice(i + 1).every((other) => areDistinguishable(one, other)),
  );
  const [most, ...rest] = split;
  if (!most || rest.length === 0 || !areApart || !split.some((one) => isMisread(one, recognition.form))) {
    for (const { own } of split) for (const secret of own.secrets) secret.fill(0);
    return [place];
  }
  for (const secret of recognition.form?.secrets ?? []) secret.fill(0);
  // what nobody opens stays beside the most of those that were opened, and is told with them
  return [{ ...most, group: { ...most.group, texts: [...most.group.texts, ...closed] } }, ...rest];
}

/** Texts by what stands around their long runs of digits, and whether those are hexadecimal; the most frequent look first. */
function byLook(texts: readonly SampledText[]): SampledText[][] {
  const looks = new Map<string, SampledText[]>();
  for (const one of texts) {
    const look = one.text.replace(/[\w+/=-]+/g, lookOfRun);
    looks.set(look, [...(looks.get(look) ?? []), one]);
  }
  return [...looks.values()].sort((a, b) => b.length - a.length);
}

const shortRun = 16;

function lookOfRun(run: string): string {
  if (run.length < shortRun) return /^[A-Za-z]+$/.test(run) ? run : '\0';
  return /^(?:[\da-f]+|[\dA-F]+)$/.test(run) ? '\x01' : '\x02';
}

/** Whether one form for all reads these texts in another way than their own form does. */
function isMisread(
  { group, form, own }: { readonly group: TextGroup; readonly form: Form; readonly own: Recognised },
  all: Recognised | undefined,
): boolean {
  if (!all) return true;
  const { reader } = entryOf(all);
  const zero = new Uint8Array(16);
  return group.texts.some(({ text }, i) => {
    const read = form.reader.read(text, own.ivValues?.[i]);
    const other = reader.read(text, all.iv ? zero : undefined);
    return read !== undefined && partsOf(read) !== (other && partsOf(other));
  });
}

function partsOf({ iv, body, keepsIv }: Ciphertext): string {
  return `${keepsIv ? '' : ivBytesOrName(iv)} ${body.toString('latin1')}`;
}

/** A form as an entry of some column. */
function entryOf({ layout, iv }: Recognised): Form {
  const place = { schema: '-', table: '-', column: '-', kind: 'unknown' } as const;
  return readEntry({ ...place, layout: formatLayout(layout), ...(iv && { iv }) });
}

function holdsTails({ column, steps, texts }: TextGroup, key: EncryptionKey): boolean {
  const isRaw = column.shape.kind === 'bytes' && steps === undefined;
  return findTails([...new Set(texts.map(({ text }) => text))], key, isRaw).length > 0;
}
