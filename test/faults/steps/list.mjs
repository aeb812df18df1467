import { apiKeySteps } from './api-keys.mjs';
import { stepsAround } from './around.mjs';
import { rotateFleet } from './fleet.mjs';
import { keySteps } from './keys.mjs';
import { recovering } from './recovering.mjs';
import {
  importing,
  replacing,
  rotate,
  rotateInRing,
  rotatePortably,
  sweep,
  undo,
  undoPortably,
} from './rewriting.mjs';

/** Every step, with how often it is drawn beside the others. */
export const steps = [
  [6, rotate],
  [4, rotateInRing],
  [4, undo],
  [4, sweep],
  [4, rotatePortably],
  [3, undoPortably],
  [3, importing],
  [3, replacing],
  [3, rotateFleet],
  ...recovering.map((step) => [2, step]),
  ...[...keySteps, ...stepsAround, ...apiKeySteps].map((step) => [1.5, step]),
];
