export { defineUndo as define } from './settle.ts';
