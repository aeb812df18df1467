import { type ReactNode, useId } from 'react';
import { counted } from '#shared/counted';
import type { CensusReport } from '#contract/census';
import styles from './census-report.module.css';
import { type CensusPlace, rowsInWords, type UnreadPlace, unreadName, valuesInWords } from './census-text.ts';
import { columnName, formInWords, layoutInWords } from './column-text.ts';
import { Fingerprint } from './marks/fingerprint.tsx';
import { asSentence } from './format.ts';

export interface CensusPlacesProps {
  readonly title: string;
  /** To the right of the title. */
  readonly aside?: ReactNode;
  readonly places: readonly CensusPlace[];
  /** What the key of a place is, like `active key`. */
  readonly keyInWords?: ((fingerprint: string) => string | undefined) | undefined;
  /** What else there is to know of a place. */
  readonly remarkOn?: ((place: CensusPlace) => string | undefined) | undefined;
  /** To the right of a place. */
  readonly action?: ((place: CensusPlace) => ReactNode) | undefined;
}

/** Places with values encrypted with a key: where, how many, which key, in which form, and a few of the rows. */
export function CensusPlaces({ title, aside, places, keyInWords, remarkOn, action }: CensusPlacesProps) {
  if (places.length === 0) return null;
  return (
    <Section title={`${title} · ${places.length}`} aside={aside}>
      <PlaceItems places={places} keyInWords={keyInWords} remarkOn={remarkOn} action={action} />
    </Section>
  );
}

/** Places that were not read, each with the reason. */
export function CensusUnread({ unread }: { readonly unread: readonly UnreadPlace[] }) {
  const reasons = unread.map((place) => ({ name: unreadName(place), reason: place.reason }));
  return <Reasons title="Not read" places={reasons} />;
}

/** What looks encrypted in samples, and is encrypted with no key of the census as far as was tried. */
export function CensusUndecided({ undecided }: Pick<CensusReport, 'undecided'>) {
  const reasons = (undecided?.places ?? []).map((place) => ({ name: columnName(place), reason: place.why }));
  return <Reasons title="Undetermined, from a sample of each table" places={reasons} />;
}

interface ReasonsProps {
  readonly title: string;
  readonly places: readonly { readonly name: string; readonly reason: string }[];
}

/** Places with what is said of each; nothing where there are none. */
function Reasons({ title, places }: ReasonsProps) {
  if (places.length === 0) return null;
  return (
    <Section title={`${title} · ${places.length}`}>
      {places.map(({ name, reason }) => (
        <li key={`${name} ${reason}`}>
          <div>
            <p>
              <code>{name}</code>
            </p>
            <p className={styles.dim}>{asSentence(reason)}</p>
          </div>
        </li>
      ))}
    </Section>
  );
}

export interface CensusListedProps {
  readonly census: CensusReport;
  readonly keyInWords?: CensusPlacesProps['keyInWords'];
}

/** What the inventory covers: closed until somebody wants to see it. */
export function CensusListed({ census, keyInWords }: CensusListedProps) {
  const listed = census.places.filter(({ inInventory }) => inInventory);
  if (listed.length === 0) return null;
  const values = listed.reduce((sum, place) => sum + place.values, 0);
  return (
    <details className={styles.listed}>
      <summary>
        In the inventory: {counted(values, 'value')} in {counted(listed.length, 'place')}
      </summary>
      <ul className={styles.places}>
        <PlaceItems places={listed} keyInWords={keyInWords} />
      </ul>
    </details>
  );
}

interface PlaceItemsProps {
  readonly places: readonly CensusPlace[];
  readonly keyInWords?: CensusPlacesProps['keyInWords'];
  readonly remarkOn?: CensusPlacesProps['remarkOn'];
  readonly action?: CensusPlacesProps['action'];
}

function PlaceItems({ places, keyInWords, remarkOn, action }: PlaceItemsProps) {
  return places.map((place, at) => {
    const key = keyInWords?.(place.key);
    const remark = remarkOn?.(place);
    const rows = place.inInventory ? undefined : rowsInWords(place);
    return (
      // a census does not change; the same place may be there twice, under two keys
      <li key={at}>
        <div>
          <p>
            <code>{columnName(place)}</code>
          </p>
          <p className={styles.dim}>
            {valuesInWords(place)} encrypted with <Fingerprint value={place.key} copyable={false} />
            {key !== undefined && `, the ${key}`} · {formOf(place)}
            {rows !== undefined && ` · ${rows}`}
          </p>
          {remark !== undefined && <p className={styles.dim}>{remark}</p>}
        </div>
        {action?.(place)}
      </li>
    );
  });
}

function formOf({ proposal, form, nested }: CensusPlace): string {
  if (nested) return 'inside its decrypted values: Keel re-encrypts only the outer layer';
  if (proposal) return formInWords(proposal);
  return form === undefined ? 'format not recognised: Keel cannot rewrite these values' : layoutInWords(form);
}

interface SectionProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

function Section({ title, aside, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <div className={styles.head}>
        <h3 id={id} className={styles.title}>
          {title}
        </h3>
        {aside}
      </div>
      <ul className={styles.places}>{children}</ul>
    </section>
  );
}
