/** When somebody last touched the app, and how many presses of a button or key it was told of. */
export const lastInput = { at: Date.now(), presses: 0 };
