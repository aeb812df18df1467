import { childrenOf, isBlank, type Place, rootPlace } from './container.ts';
import type { Form, IvPlace } from './entry.ts';
import { parseDocument } from './json-document.ts';
import { type PathStep, pathsOverlap } from './path.ts';
import { sharedSteps, traversalsFrom } from './row-values.ts';

/** What holds both a ciphertext and its IV in one document, like the object of `$.auth.data` and `$.auth.iv`. */
export interface Envelope {
  /** The way to it. */
  readonly steps: readonly PathStep[];
  /** The ways from it to the ciphertext, and to the IV. */
  readonly body: readonly PathStep[];
  readonly iv: readonly PathStep[];
  readonly ivPlace: Exclude<IvPlace, { readonly fixed: unknown }>;
}

/** The envelope of a form's values; undefined where the IV is not in the same document, or other forms of the column are in it too. */
export function envelopeOf(form: Form, all: readonly Form[]): Envelope | undefined {
  const { steps, iv } = form;
  if (!steps || !iv || 'fixed' in iv || iv.column !== undefined) return undefined;
  const shared = sharedSteps(steps, iv.steps);
  const [own, body, rest] = [steps.slice(0, shared), steps.slice(shared), iv.steps.slice(shared)];
  if (body.length === 0 || rest.length === 0 || [...body, ...rest].some(branches)) return undefined;
  if (all.some((other) => other !== form && pathsOverlap(own, other.steps ?? []))) return undefined;
  return { steps: own, body, iv: rest, ivPlace: iv };
}

function branches(step: PathStep): boolean {
  return step === 'elements' || step === 'members';
}

/** Where an envelope's IV stands; undefined where there is none, or several, or what is there is no IV. */
export function ivIn({ iv, ivPlace }: Envelope, place: Place): Place | undefined {
  const [only, ...more] = traversalsFrom(place, iv);
  if (!only || more.length > 0 || only.trail.length < iv.length) return undefined;
  return ivPlace.read(only.place.leaf.text) ? only.place : undefined;
}

/** Whether a place that should be an envelope holds nothing: it is blank, or an object whose members all are. */
export function isEmpty(place: Place): boolean {
  if (isBlank(place)) return true;
  return (
    documentAt(place)?.json?.node.type === 'object' &&
    childrenOf(place).every((child) => isBlank(child.place))
  );
}

/** The JSON value at a place: itself, or what a text there is a document of. */
export function documentAt(place: Place): Place | undefined {
  const { json, leaf, shape } = place;
  if (json && json.node.type !== 'string') return place;
  if (shape.kind !== 'text' && shape.kind !== 'json') return undefined;
  return parseDocument(leaf.text) && rootPlace(leaf, { kind: 'json' });
}
