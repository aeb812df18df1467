// Stryker's mutators, of which only drawn mutants remain, and one more: a statement that is left out.
import { Instrumenter } from '@stryker-mutator/instrumenter';

// not exported: a version is pinned in package.json
const { allMutators } = await import(
  new URL('dist/src/mutators/mutate.js', import.meta.resolve('@stryker-mutator/instrumenter/package.json'))
    .href
);

/** A call whose answer nobody takes: what is awaited, written, synced, dropped, or thrown out of. */
const statementMutator = {
  name: 'Statement',
  *mutate(path) {
    if (path.node.type !== 'ExpressionStatement') return;
    const { expression } = path.node;
    const called = expression.type === 'AwaitExpression' ? expression.argument : expression;
    if (called.type.endsWith('CallExpression')) yield { type: 'BlockStatement', body: [], directives: [] };
  },
};

/** Words for people are not behaviour; what a server is told is. */
const statementOfServer =
  /^[`']?\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|SET|LOCK|BEGIN|COMMIT|ROLLBACK|COPY|WITH|ANALYZE|ON |FROM|WHERE|JOIN|AND|OR )/;

const keptByName = new Map();
let drawn;

/** All mutants of files, as `{ key, file, line, mutator }`. */
export async function listMutants(files) {
  keptByName.clear();
  drawn = undefined;
  const quiet = { debug() {}, info() {}, warn() {}, isDebugEnabled: () => false };
  await new Instrumenter(quiet).instrument(
    files.map(({ name, content }) => ({ name, content, mutate: true })),
    { plugins: null, excludedMutations: [], ignorers: [] },
  );
  return [...keptByName.values()];
}

/** From now on Stryker makes those mutants and no others. */
export function drawMutants(keys) {
  drawn = new Set(keys);
}

function ofDraw(mutator) {
  return {
    name: mutator.name,
    *mutate(path) {
      if (path.node.loc === null || path.node.loc === undefined) return;
      const { file } = path.hub;
      const original = file.code.slice(path.node.start, path.node.end);
      if (mutator.name === 'StringLiteral' && !statementOfServer.test(original)) return;
      let nth = 0;
      for (const replacement of mutator.mutate(path)) {
        const { line, column } = path.node.loc.start;
        const name = file.opts.filename.replace(/^.*?(?=src-main\/)/, '');
        const key = [name, line, column, path.node.end, mutator.name, nth++].join(':');
        if (drawn === undefined) keptByName.set(key, { key, file: name, line, mutator: mutator.name });
        else if (!drawn.has(key)) continue;
        yield replacement;
      }
    },
  };
}

allMutators.push(statementMutator);
for (const [at, mutator] of allMutators.entries()) allMutators[at] = ofDraw(mutator);
