export { defineSweep as define } from './settle.ts';
