import type { PosturePlaces } from '#contract/posture';

/** What is typed, as it stands in the fields. */
export interface PlacesDraft {
  readonly api: string;
  readonly qdrant: string;
  /** One address a line. */
  readonly oauth: string;
  readonly rootCertificate?: string | undefined;
  readonly keyFiles: readonly string[];
}

export function draftOf({
  api = '',
  qdrant = '',
  oauth,
  rootCertificate,
  keyFiles,
}: PosturePlaces): PlacesDraft {
  return { api, qdrant, oauth: oauth.join('\n'), rootCertificate, keyFiles };
}

export function placesOf({ api, qdrant, oauth, rootCertificate, keyFiles }: PlacesDraft): PosturePlaces {
  return {
    ...(api.trim() !== '' && { api: api.trim() }),
    ...(qdrant.trim() !== '' && { qdrant: qdrant.trim() }),
    oauth: linesOf(oauth),
    ...(rootCertificate !== undefined && { rootCertificate }),
    keyFiles: [...keyFiles],
  };
}

/** What is wrong with an address; undefined where nothing is, or none is given. */
export function faultIn(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (!/^https?:\/\//i.test(trimmed)) return 'Start with https://';
  if (!URL.canParse(trimmed)) return 'This is not a valid URL';
  const { username, password, search, hash } = new URL(trimmed);
  if (username || password) return 'Remove the user and password: neither is sent';
  if (search || hash) return 'Remove ? or # and what follows';
  return undefined;
}

/** The same for a field of many. */
export function faultInLines(text: string): string | undefined {
  const lines = linesOf(text);
  if (lines.length > 20) return 'No more than 20';
  for (const line of lines) {
    const fault = faultIn(line);
    if (fault !== undefined) return `${line.slice(0, 40)}: ${fault}`;
  }
  return undefined;
}

function linesOf(text: string): string[] {
  return text
    .split(/\s+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
