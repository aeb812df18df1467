/** Objects with more distinct names than this, over all rows, are taken for maps by id. */
const maxNamedMembers = 24;
/** So many names in one or two objects may be ids as well. */
const fewestIds = 4;

/** How the members of objects at one place are reached. */
export interface MemberSteps {
  /** Names that are a place of their own each. */
  readonly named: readonly string[];
  /** The members are one place, whatever their names: `$.*`. */
  readonly isMap: boolean;
}

/**
 * Whether the names of objects are those of fields or ids, by how often they are repeated. `objects`: the names in each. Where it
 * could be either, the members are examined both ways, and the evidence chooses: what is too short to tell by itself tells together.
 */
export function memberSteps(objects: readonly (readonly string[])[]): MemberSteps {
  const counts = new Map<string, number>();
  for (const names of objects) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const named = [...counts.keys()];
  if (named.length > maxNamedMembers) return { named: [], isMap: true };
  const filled = objects.filter((names) => names.length > 0).length;
  const rare = named.filter((name) => (counts.get(name) as number) * 2 <= filled);
  if (filled <= 2 && named.length >= fewestIds) return { named, isMap: true };
  return { named, isMap: rare.length >= 2 && rare.length * 2 >= named.length };
}
