import { measure } from '../measure.mjs';
import { played } from '../played.mjs';

/** How long the window stands still while a list of 100,000 credentials is scrolled and searched. */
export async function lists({ server: { folder } }) {
  const figures = await played(folder, 'lists.bench.ts');
  if (!figures) return [];
  const { rows, scrolling, searching, found, total } = figures;
  const of = `${rows.toLocaleString('en')} credentials`;
  return [
    measure(`${of}, scrolled: longest task of the page`, 'ms', scrolling, { goal: 100 }),
    measure(`${of}, searched: longest task of the page`, 'ms', searching, { goal: 100 }),
    measure(`${of}: from the last letter to what was found`, 'ms', found),
    measure(`${of}: until the total is shown`, 'ms', total),
  ];
}
