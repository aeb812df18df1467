/** The channels between window and main process. There are no others. */
export const callChannel = 'keel:call';
export const eventChannel = 'keel:event';
/** Paths of dropped files, from the preload: the page has no part in it. */
export const dropChannel = 'keel:drop';
