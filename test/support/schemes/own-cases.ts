import { keyCases } from './key-cases.ts';
import type { OwnCase } from './own-ciphers.ts';
import { partsApartCases } from './parts-apart-cases.ts';

/** Forms that no application of ours has: the same blocks, put together otherwise. */
export const ownCases: readonly OwnCase[] = [...partsApartCases, ...keyCases];
