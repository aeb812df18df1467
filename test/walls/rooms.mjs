// The table of rooms, read: where each is, by which name it is imported, and which others it may import.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const project = join(import.meta.dirname, '../..');
const words = (text) => text.split(' ').filter((word) => word !== '');

/**
 * A room is a folder, or one file. `alias` is what others import it by, where package.json has a name for it; `place` is its folder or
 * file in the project; `uses` are the rooms that it may import.
 */
export function readRooms(folder = project) {
  const { layers, electron, renderer, notRooms } = readJson(folder, 'test/walls/rooms.json');
  const { imports } = readJson(folder, 'package.json');
  const places = Object.entries(layers).flatMap(([layer, rooms]) =>
    Object.keys(rooms).map((name) => ({ name, layer, ...placeOf(name, imports) })),
  );
  const inLayer = (layer) => places.filter((room) => room.layer === layer).map(({ name }) => name);
  const expand = (text) => words(text).flatMap((word) => (word in layers ? inLayer(word) : [word]));
  return {
    layers: Object.keys(layers),
    rooms: places.map((room) => ({ ...room, uses: expand(layers[room.layer][room.name]) })),
    electron: words(electron),
    renderer: { types: expand(renderer.types), values: expand(renderer.values) },
    notRooms: words(notRooms),
    aliases: Object.keys(imports).map((alias) => alias.replace(/^#|\/\*$/g, '')),
  };
}

/** A room without a name in package.json is one of the entries, which nothing imports by name. */
function placeOf(name, imports) {
  const folder = imports[`#${name}/*`];
  if (folder) return { isFolder: true, alias: `#${name}/**`, place: folder.replace(/^\.\/|\/\*\.ts$/g, '') };
  const file = imports[`#${name}`];
  if (file) return { isFolder: false, alias: `#${name}`, place: file.replace(/^\.\//, '') };
  return { isFolder: false, place: `src-main/${name}.ts` };
}

function readJson(folder, name) {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}
