import { Option } from '@commander-js/extra-typings';
import { type ApplicationForm, formsOf, rotatableApplication } from '#applications/applications';

/** Which application a key and its values are of. */
export const applicationOption = new Option(
  '--application <name>',
  'the application that uses the key, if it is not Ballast (`keel applications` lists them); pass the key exactly as the application’s settings contain it',
);

/**
 * The forms in which the values of the named application are looked for; undefined for Ballast, or where none is named. Throws `usage`
 * for one that is not known, or that Keel does not rotate.
 */
export function otherForms({
  application,
}: {
  readonly application?: string;
}): ApplicationForm[] | undefined {
  if (application === undefined) return undefined;
  const forms = formsOf(rotatableApplication(application));
  return forms.some(({ layout }) => layout.scheme) ? forms : undefined;
}
