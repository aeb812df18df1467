import type { HttpResponse, QdrantFacts } from '#posture/facts';
import { type LookOptions, lookAtEndpoint } from './http-endpoint.ts';

/** Looks at a Qdrant, and asks it for its collections without an API key. */
export async function lookAtQdrant(address: string, options: LookOptions): Promise<QdrantFacts> {
  const path = `${new URL(address).pathname.replace(/\/$/, '')}/collections`;
  const facts = await lookAtEndpoint(address, { ...options, path });
  return facts.response ? { ...facts, ...readAnswer(facts.response) } : facts;
}

function readAnswer({ status, body }: HttpResponse): Pick<QdrantFacts, 'withoutKey' | 'collections'> {
  if (status === 401 || status === 403) return { withoutKey: 'refused' };
  const collections = status === 200 ? countCollections(body) : undefined;
  return collections === undefined ? { withoutKey: 'unclear' } : { withoutKey: 'answered', collections };
}

/** Of Qdrant's own answer, which may be longer than what was read of it. */
function countCollections(body: string): number | undefined {
  if (!/^\s*\{/.test(body) || !/"collections"\s*:\s*\[/.test(body)) return undefined;
  return body.match(/\{\s*"name"\s*:/g)?.length ?? 0;
}
