import { companyKinds } from './company.mjs';
import { fileKinds } from './files.mjs';
import { lineKinds } from './line.mjs';
import { serverKinds } from './server.mjs';

/** Every kind of fault, with how often it comes beside the others. */
export const kinds = [...fileKinds, ...lineKinds, ...serverKinds, ...companyKinds];
