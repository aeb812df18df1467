import { type ApplicationForm, applications, formsOf } from '#applications/applications';
import { ciphertextReader } from '#forms/ciphertext';
import { formatLayout } from '#forms/layout';
import { spansOf } from '#forms/template';

/** What texts look like without any key: ciphertexts that other applications than Ballast write. */
export interface ForeignLook {
  /** For people: what they look like, and who writes so. */
  readonly words: string;
  /** Applications that write so, by their names. */
  readonly names: readonly string[];
  /** The layout of the first of them whose form Keel knows. */
  readonly layout?: string;
}

/** Fewer texts could be in whole blocks of CBC by chance. */
const fewestInBlocks = 3;
/** Names of applications in one sentence. */
const named = 6;

/**
 * Texts of one place whose writing is another application's: what they begin with, or parts between separators in the lengths that its
 * cipher has. Undefined where they may as well be Ballast's, or anything. `isTried`: no key that was tried opens them as Ballast's, so
 * that two parts in whole blocks are worth a word.
 */
export function foreignLook(texts: readonly string[], isTried: boolean): ForeignLook | undefined {
  const filled = texts.filter((text) => text !== '');
  if (filled.length === 0) return undefined;
  const isMost = (count: number) => count * 5 >= filled.length * 4;
  const { beginnings, marked } = (signs ??= readSigns());
  const beginning = beginnings.find((one) => isMost(filled.filter((text) => text.startsWith(one)).length));
  if (beginning !== undefined) {
    const writers = applications().filter((one) => one.beginnings.includes(beginning));
    const form = marked.find(
      ({ application, reads }) => writers.includes(application) && isMost(reads(filled)),
    );
    return lookOf(
      `begin with \`${beginning}\`,`,
      writers.map(({ name }) => name),
      form,
    );
  }
  const forms = marked.filter(({ reads, isPair }) => (isTried || !isPair) && isMost(reads(filled)));
  const [first] = forms;
  if (!first) return undefined;
  const names = [...new Set(forms.map(({ application }) => application.name))];
  const orOurs = forms.every(({ isPair }) => isPair) ? ', or of Ballast with another key' : '';
  return lookOf('consist of parts,', names, first, orOurs);
}

function lookOf(
  how: string,
  names: readonly string[],
  form: MarkedForm | undefined,
  orOurs = '',
): ForeignLook {
  const shown = names.slice(0, named).join(', ');
  const more = names.length > named ? ` and ${names.length - named} more` : '';
  return {
    words: `${how} as ciphertexts of ${shown}${more} do${orOurs}`,
    names,
    ...(form && { layout: formatLayout(form.layout) }),
  };
}

/** What the applications' ciphertexts are told by. */
interface Signs {
  /** The longest first. */
  readonly beginnings: readonly string[];
  readonly marked: readonly MarkedForm[];
}

let signs: Signs | undefined;

interface MarkedForm extends ApplicationForm {
  /** How many of some texts are written so. */
  readonly reads: (texts: readonly string[]) => number;
  /** IV and body alone, in two parts, as some of Ballast's kin are. */
  readonly isPair: boolean;
}

function readSigns(): Signs {
  const all = applications();
  const beginnings = [...new Set(all.flatMap((one) => one.beginnings))];
  return {
    beginnings: beginnings.sort((one, other) => other.length - one.length),
    marked: all.flatMap(formsOf).filter(isMarked).map(markedForm),
  };
}

function markedForm(form: ApplicationForm): MarkedForm {
  const { read } = ciphertextReader(form.layout);
  const { cipher } = form.layout.scheme ?? {};
  const isPair =
    cipher === 'aes-cbc' && !spansOf(form.layout.template).some(({ parts }) => parts.some(isConstant));
  return { ...form, isPair, reads: (texts) => countRead(form, texts, read) };
}

function countRead(
  { layout }: ApplicationForm,
  texts: readonly string[],
  read: ReturnType<typeof ciphertextReader>['read'],
): number {
  const bodies = texts.flatMap((text) => read(text)?.body ?? []);
  if (layout.scheme?.cipher !== 'aes-cbc') return bodies.length;
  const inBlocks = bodies.filter(({ length }) => length > 0 && length % 16 === 0).length;
  return texts.length < fewestInBlocks ? 0 : inBlocks;
}

/**
 * Whether texts of a form show by themselves whose they are: several parts with a tag among them, parts in whole blocks, or bytes that
 * all have. Ballast's own kin is told by its key.
 */
function isMarked({ layout: { template, scheme }, apart }: ApplicationForm): boolean {
  if (!scheme || scheme.cipher === 'cfb' || Object.keys(apart).length > 0) return false;
  const spans = spansOf(template);
  return (
    spans.length > 1 ||
    spans.some(({ encoding, parts }) => encoding.startsWith('laravel') || parts.some(isConstant))
  );
}

function isConstant(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'constant' in part && String(part.constant).length >= 4;
}
