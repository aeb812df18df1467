import type {
  Application,
  ApplicationInBrief,
  ChosenApplication,
  OfferedApplication,
} from '#contract/application';
import { keyClassInWords } from '#schemes/key-class';
import { applicationNamed, applications, chosenApplicationOf, isVariable } from './applications.ts';

/** Whose database the window says that an environment is. Throws `usage` as `chosenApplicationOf` does. */
export function applicationInBriefOf(chosen: ChosenApplication | undefined): ApplicationInBrief {
  return inBrief(chosen === undefined ? applicationNamed('ballast') : chosenApplicationOf(chosen));
}

/** Those that Keel knows: Ballast, then by name, those that it does not rotate last. */
export function offeredApplications(): OfferedApplication[] {
  const offered = applications().map((one): OfferedApplication => {
    const { forms, outOfScope, rotatesItself } = one;
    const ownWay = rotatesItself?.replaceAll('`', '');
    const isRotated = outOfScope === undefined && forms.length > 0;
    const whyNot = outOfScope ?? 'it rotates its key itself';
    return { ...inBrief(one), ...(!isRotated && { whyNot }), ...(ownWay !== undefined && { ownWay }) };
  });
  const rank = ({ id, whyNot }: OfferedApplication) => (id === 'ballast' ? 0 : whyNot === undefined ? 1 : 2);
  return offered.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
}

function inBrief({ id, name, variables, newKey, alsoUnderTheKey, restart }: Application): ApplicationInBrief {
  const variable = variables.find(isVariable);
  return {
    id,
    name,
    variables,
    ...(variable !== undefined && { variable }),
    newKey: keyClassInWords(newKey).replaceAll('`', ''),
    hasWords: newKey.as === 'base64' && newKey.length === 32,
    alsoUnderTheKey,
    restart,
  };
}
