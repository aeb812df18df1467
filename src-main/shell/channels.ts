/** Both channels between window and main process. There are no others. */
export const callChannel = 'keel:call';
export const eventChannel = 'keel:event';
