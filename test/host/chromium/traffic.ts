/** Hears all that crosses to a page, replies and events, where somebody listens. */
export const traffic: { hear?: (message: unknown) => void } = {};
