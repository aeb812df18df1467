import type { Session } from 'electron';
import { describe, expect, test } from 'vitest';
import { denyPermissions, permissions } from '#shell/policy/permissions';

type Handlers = Record<string, (...values: unknown[]) => unknown>;

/** The handlers as they are given to a session. */
function handlers(): Handlers {
  const given: Handlers = {};
  const session = new Proxy(
    {},
    { get: (_, name: string) => (handler: never) => void (given[name] = handler) },
  );
  denyPermissions(session as Session);
  return given;
}

describe('permissions', () => {
  test.for([...Object.keys(permissions), 'one that joins later'])(
    '%s is denied, asked for or looked up',
    (name) => {
      const { setPermissionRequestHandler: request, setPermissionCheckHandler: check } = handlers();
      const answers: unknown[] = [];
      request?.({}, name, (answer: unknown) => void answers.push(answer), {});
      expect(answers).toEqual([false]);
      expect(check?.({}, name, 'keel://app', {})).toBe(false);
    },
  );

  test('devices are denied, and so is the screen', () => {
    const { setDevicePermissionHandler: device, setDisplayMediaRequestHandler: screen } = handlers();
    expect(device?.({ deviceType: 'usb' })).toBe(false);
    const answers: unknown[] = [];
    screen?.({}, (streams: unknown) => void answers.push(streams));
    expect(answers).toEqual([null]);
  });

  test('each has its reason', () => {
    for (const reason of Object.values(permissions)) expect(reason).toMatch(/^[a-z].{9,}$/);
  });
});
