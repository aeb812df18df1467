export { defineRecover as define } from './settle.ts';
