import { KeelError } from '#errors/keel-error';
import { fewAtOnce } from '#shared/few-at-once';
import { fewInTurn } from '#shared/few-in-turn';

/** Programs of the machine that run at once; who takes more fills its memory, and its services with calls. */
const running = 4;
const waiting = 16;

/** Room for another program, for whatever starts one. Throws `request-refused` where many wait for it. */
export const inProgramRoom = fewInTurn(
  running + waiting,
  () =>
    new KeelError(
      'request-refused',
      `Keel is busy: ${running} programs are running and ${waiting} more are waiting; nothing was started`,
      'wait until one finishes, then try again',
    ),
  fewAtOnce(running),
);
