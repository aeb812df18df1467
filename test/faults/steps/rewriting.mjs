// Steps that rewrite rows: all of them are at their end under one key, or as before.
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { lateText } from '../bed/rows.mjs';
import { fresh, keyedRows, must, named, rotated, rotateFromFiles, straggled } from './scenes.mjs';

const agreed = ['--yes', '--accept', 'other-sessions'];

/** As it was, under the key that the scene says. */
export const unchanged = (facts) => ({
  name: 'before',
  key: facts.key,
  under: facts.under ?? {},
  lines: facts.lines,
});
const under = (key) => (facts) => ({ name: 'after', key, under: {}, lines: facts.lines });

export const rotate = {
  name: 'rotate',
  scene: fresh,
  args: (lane) => rotateFromFiles(lane, 'a', 'b'),
  after: under('b'),
};

export const rotateInRing = {
  name: 'rotate, keys in the ring',
  scene: named,
  args: (_, { database }) => ['rotate', ...database, ...agreed],
  after: under('made'),
};

export const undo = {
  name: 'undo',
  scene: rotated,
  args: (_, { database }) => ['undo', ...database, ...agreed],
  after: under('a'),
};

const portably = (args) => [...args, '--portable'];

export const rotatePortably = {
  name: 'rotate --portable',
  scene: keyedRows,
  args: (lane) => portably(rotateFromFiles(lane, 'a', 'b')),
  after: under('b'),
};

/** Rotated in the portable way. */
const rotatedPortably = {
  name: 'ported',
  usesKeychain: true,
  after: keyedRows,
  async build(lane, before) {
    await must(lane, portably(rotateFromFiles(lane, 'a', 'b')));
    return { ...before, key: 'b', ring: ['a', 'b'] };
  },
};

export const undoPortably = {
  name: 'undo --portable',
  scene: rotatedPortably,
  args: (_, { database }) => portably(['undo', ...database, ...agreed]),
  after: under('a'),
};

export const sweep = {
  name: 'sweep --rewrite',
  scene: straggled,
  args: (_, { database }) => ['sweep', '--rewrite', ...database, ...agreed],
  after: under('b'),
};

const damaged = [4, 5, 6, 10];

/** An archive was made, and then somebody overwrote a few credentials. */
const archived = {
  name: 'archived',
  after: fresh,
  async build(lane, before) {
    const { desk } = lane;
    const identity = await generateX25519Identity();
    await desk.write('archive.identity', `${identity}\n`);
    const key = ['--key-file', desk.file('a.key'), '--inventory', desk.file('inventory-of-archive.json')];
    const recipient = await identityToRecipient(identity);
    await must(lane, [
      ...['credentials', 'export', ...before.database, ...key],
      ...['--recipient', recipient, '--out', desk.file('archive.age')],
    ]);
    let { lines } = before;
    for (const id of damaged) {
      const plaintext = `{"username": "user${id}", "password": "overwritten"}`;
      await lane.withClient((client) => lateText(client, id, lane.keys.a, plaintext));
      lines = lines.map((line) =>
        line.startsWith(`vault ${id} s: `) ? `vault ${id} s: ${plaintext}` : line,
      );
    }
    return { ...before, lines: lines.toSorted(), archived: before.lines };
  },
};

export const importing = {
  name: 'archive import',
  scene: archived,
  args: ({ desk }, { database }) => [
    ...['credentials', 'import', ...database, ...agreed, '--key-file', desk.file('a.key')],
    ...['--inventory', desk.file('inventory-of-archive.json'), '--archive', desk.file('archive.age')],
    ...['--identity', desk.file('archive.identity')],
  ],
  after: (facts) => ({ name: 'after', key: 'a', under: {}, lines: facts.archived }),
};

const replacedId = 4;
const replacement = (id) => `{"username": "user${id}", "password": "typed anew in the window"}`;

/** A desk with the new value in a file. */
const retyped = {
  name: 'retyped',
  after: fresh,
  async build(lane, before) {
    await lane.desk.write('value.txt', replacement(replacedId));
    return before;
  },
};

const replacedLines = (lines) =>
  lines
    .map((line) =>
      line.startsWith(`vault ${replacedId} s: `) ? `vault ${replacedId} s: ${replacement(replacedId)}` : line,
    )
    .toSorted();

const replaceArgs = ({ desk }, { database }) => [
  ...['replace', ...database, '--key-file', desk.file('a.key'), '--id', String(replacedId)],
  ...['--inventory', desk.file('inventory.json'), '--value-file', desk.file('value.txt')],
];

/** The window's own deed, by a program of its own; the table that it writes is not locked, so a writer may be in its way. */
export const replacing = {
  name: 'credential replace',
  program: 'keel-with-replace',
  writes: replacedId,
  scene: retyped,
  args: replaceArgs,
  after: (facts) => ({ name: 'after', key: 'a', under: {}, lines: replacedLines(facts.lines) }),
};
