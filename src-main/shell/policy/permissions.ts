import type { Session } from 'electron';

type Permission = Parameters<NonNullable<Parameters<Session['setPermissionCheckHandler']>[0]>>[1];

/** Every permission that a page can ask for, and why this one gets none. Complete by type: a new one has to be reasoned about. */
export const permissions = {
  ar: 'there is no camera view',
  'automatic-fullscreen': 'the window is made large from the menu',
  'background-fetch': 'nothing is fetched',
  'background-sync': 'nothing is synced',
  'captured-surface-control': 'nothing is captured',
  'clipboard-read': 'the clipboard may hold a secret of another program',
  'clipboard-sanitized-write': 'the main process writes it, so that secrets can be concealed and cleared',
  'deprecated-sync-clipboard-read': 'the clipboard may hold a secret of another program',
  'display-capture': 'secrets on the screen stay there',
  fileSystem: 'files are chosen in native dialogs and opened by the main process',
  fullscreen: 'the window is made large from the menu',
  geolocation: 'place does not matter',
  'geolocation-approximate': 'place does not matter',
  'hand-tracking': 'there is no camera view',
  hid: 'no device is used',
  'idle-detection': 'the main process keeps the idle lock',
  keyboardLock: 'shortcuts of the system stay with the system',
  'local-fonts': 'fonts come with the app',
  'local-network': 'the page has no network',
  'local-network-access': 'the page has no network',
  'loopback-network': 'the page has no network',
  media: 'no camera, no microphone',
  mediaKeySystem: 'nothing is played',
  midi: 'no device is used',
  midiSysex: 'no device is used',
  nfc: 'no device is used',
  notifications: 'the main process notifies',
  openExternal: 'no link leaves the window',
  'payment-handler': 'nothing is paid',
  'periodic-background-sync': 'nothing is synced',
  'persistent-storage': 'the page stores nothing',
  pointerLock: 'the pointer stays free',
  'screen-wake-lock': 'a sleeping screen is a locked app',
  sensors: 'no device is used',
  serial: 'no device is used',
  'smart-card': 'no device is used',
  'speaker-selection': 'nothing is played',
  'storage-access': 'nothing is embedded',
  'system-wake-lock': 'a sleeping machine is a locked app',
  'top-level-storage-access': 'nothing is embedded',
  usb: 'no device is used',
  vr: 'there is no such view',
  'web-app-installation': 'it is installed already',
  'web-printing': 'nothing is printed from the page',
  'window-management': 'there is one window, placed by the main process',
  unknown: 'what is not known is not granted',
} as const satisfies Record<Permission, string>;

/** Denies everything that a page can ask of the system, whoever asks and whatever joins the list. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null));
}
