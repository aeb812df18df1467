// The walls as rules of the linter, made of the table of rooms.
import { dirname, posix } from 'node:path';

/** What the main process takes from the renderer is under the renderer's walls. */
export const isOfMain = ({ place }) => place.startsWith('src-main/');

/** What a lint configuration extends: an override for each room, the renderer and its screens. */
export function lintRules({ rooms, electron, renderer }) {
  return {
    overrides: [
      ...rooms.filter(isOfMain).map((room) => roomWalls(room, rooms, electron)),
      { files: ['src-renderer/**'], rules: restricted(rendererWalls(rooms, renderer)) },
      {
        files: ['src-renderer/screens/**'],
        rules: restricted([...rendererWalls(rooms, renderer), screenWall('../')]),
      },
      {
        files: ['src-renderer/screens/*/*/*'],
        rules: restricted([...rendererWalls(rooms, renderer), screenWall('../../')]),
      },
    ],
  };
}

function roomWalls(room, rooms, electron) {
  const { name, place, isFolder, uses } = room;
  const refused = rooms.filter((other) => other !== room && other.alias && !uses.includes(other.name));
  const allowed = uses.length === 0 ? 'nothing of ours' : uses.join(', ');
  return {
    files: [isFolder ? `${place}/**/*.ts` : place],
    rules: restricted([
      {
        group: [...refused.map(({ alias }) => alias), '#test/**'],
        message: `${name} may import only: ${allowed} (test/walls/rooms.json)`,
      },
      {
        group: [
          ...byPath(room),
          ...rooms.flatMap((other) => (uses.includes(other.name) ? door(room, other) : [])),
        ],
        message: 'another room is imported by its name (#room/…)',
      },
      ...(electron.includes(name)
        ? []
        : [{ group: ['electron', 'electron/*'], message: `only ${electron.join(', ')} import Electron` }]),
    ]),
  };
}

/** A file of its own has nothing beside it that belongs to it. */
function byPath({ isFolder }) {
  return isFolder ? ['../**', './../**'] : ['../**', './**'];
}

/** A room of one file may be imported by its path. */
function door({ place, isFolder }, other) {
  if (other.isFolder) return [];
  const path = posix.relative(isFolder ? place : dirname(place), other.place);
  return [`!${path.startsWith('.') ? path : `./${path}`}`];
}

function rendererWalls(rooms, { types, values }) {
  const aliases = (isWanted) =>
    rooms.filter(({ name, alias }) => alias && isWanted(name)).map(({ alias }) => alias);
  return [
    {
      group: aliases((name) => types.includes(name)),
      allowTypeImports: true,
      message: `the renderer takes only types from: ${types.join(', ')}`,
    },
    {
      group: [
        ...aliases((name) => !types.includes(name) && !values.includes(name)),
        '#test/**',
        '**/src-main/**',
      ],
      message: 'the renderer reaches the main process through client.ts only',
    },
    { group: ['node:*', 'electron', 'electron/*'], message: 'the renderer is a web page' },
  ];
}

/** `top` leads to the folder of a screen's folder. */
function screenWall(top) {
  return {
    group: [
      '**/screens/*',
      '**/screens/*/**',
      `${top}*/**`,
      `!${top}../*.ts`,
      `!${top}../*.tsx`,
      `!${top}../components/**`,
    ],
    message: 'screens never import each other: what two share is in components/',
  };
}

function restricted(patterns) {
  return { 'no-restricted-imports': ['error', { patterns }] };
}
