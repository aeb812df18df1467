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

/** Every step, with how often it comes beside the others. */
export const steps = [
  [3, rotate],
  ...[rotateInRing, rotatePortably, undo, undoPortably, sweep].map((step) => [2, step]),
  ...[importing, replacing, rotateFleet, ...recovering, ...keySteps, ...stepsAround, ...apiKeySteps].map(
    (step) => [1, step],
  ),
];
