export interface Room {
  readonly name: string;
  readonly layer: string;
  readonly alias?: string;
  readonly isFolder: boolean;
  readonly place: string;
  readonly uses: readonly string[];
}

export interface Rooms {
  /** From the lowest. */
  readonly layers: readonly string[];
  readonly rooms: readonly Room[];
  readonly electron: readonly string[];
  readonly renderer: { readonly types: readonly string[]; readonly values: readonly string[] };
  readonly notRooms: readonly string[];
  readonly aliases: readonly string[];
}

export function readRooms(folder?: string): Rooms;
