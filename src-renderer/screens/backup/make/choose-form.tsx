import { useId } from 'react';
import type { ApplicationInBrief } from '#contract/application';
import { onlyAsFile } from '../../../components/application-text.ts';
import styles from './choose-form.module.css';
import { forms } from './forms.ts';
import type { FormId } from './new-artefact.ts';

export interface ChooseFormProps {
  readonly application: ApplicationInBrief;
  readonly value: FormId;
  readonly onChange: (form: FormId) => void;
}

/** The forms of a backup side by side, one of them chosen. */
export function ChooseForm({ application, value, onChange }: ChooseFormProps) {
  const asFile = onlyAsFile(application);
  const offered = forms.filter(({ isFile }) => isFile || asFile === undefined);
  const id = useId();
  return (
    <fieldset className={styles.forms} data-few={asFile !== undefined}>
      <legend className={styles.legend}>Format</legend>
      {offered.map(({ id: form, title, withstands, needs }) => (
        <label key={form} className={styles.form} data-chosen={form === value}>
          <input
            type="radio"
            name={id}
            value={form}
            checked={form === value}
            aria-describedby={`${id}-${form}`}
            onChange={() => onChange(form)}
          />
          <span className={styles.title}>{title}</span>
          <span id={`${id}-${form}`} className={styles.words}>
            {withstands} <span className={styles.needs}>{needs}</span>
          </span>
        </label>
      ))}
      {asFile !== undefined && <p className={styles.words}>{asFile}</p>}
    </fieldset>
  );
}
