import type { CommandLine } from 'electron';

/**
 * Ways out of a page that neither its policy nor `webRequest` sees, and the switch of Chromium that closes each. They bind Chromium
 * alone: what the main process connects to goes through Node.
 */
const closedChannels: readonly (readonly [name: string, value: string, why: string])[] = [
  // names and addresses alike: a lookup ahead, a socket opened ahead, TURN over TCP, WebTransport
  ['host-resolver-rules', 'MAP * ~NOTFOUND', 'the page knows no host'],
  ['force-webrtc-ip-handling-policy', 'disable_non_proxied_udp', 'WebRTC sends no packet past a proxy'],
  // it is never found: what would go through it goes nowhere
  ['proxy-server', 'http://keel.invalid:1', 'and there is no proxy'],
  ['proxy-bypass-list', '<-loopback>', 'not even for this machine'],
];

/** Closes them, before the app is ready. */
export function closeChannels(commandLine: Pick<CommandLine, 'appendSwitch'>): void {
  for (const [name, value] of closedChannels) commandLine.appendSwitch(name, value);
}
