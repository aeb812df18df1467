import type { PowerMonitor, WebContents } from 'electron';

export interface IdleLock {
  /** Somebody used the window. */
  touch(): void;
  /** Locks if nobody has for the minutes set; to be called every few seconds. */
  check(): void;
}

export interface IdleLockOptions {
  /** Read at each check, so that a change counts at once. */
  readonly minutes: () => number;
  /** Called once for each time of rest. */
  readonly lock: () => void;
  /** Wall clock: a machine that slept has been idle meanwhile. */
  readonly now?: () => number;
}

/** Closes the app after a time without input. Time on the wall counts, not time awake. */
export function createIdleLock({ minutes, lock, now = () => Date.now() }: IdleLockOptions): IdleLock {
  let lastUse = now();
  let locked = false;
  return {
    touch() {
      lastUse = now();
      locked = false;
    },
    check() {
      if (locked || now() - lastUse < minutes() * 60_000) return;
      locked = true;
      lock();
    },
  };
}

const msBetweenChecks = 5000;

/** Locks after rest, and at once when the machine goes to sleep or its screen is locked. Returns what stops it. */
export function keepIdleLock(
  contents: WebContents,
  powerMonitor: PowerMonitor,
  options: IdleLockOptions,
): () => void {
  const idle = createIdleLock(options);
  contents.on('before-mouse-event', () => idle.touch());
  contents.on('before-input-event', () => idle.touch());
  contents.on('input-event', () => idle.touch());
  powerMonitor.on('suspend', options.lock);
  powerMonitor.on('lock-screen', options.lock);
  const timer = setInterval(() => {
    // Linux tells of a locked screen only when it is asked
    if (powerMonitor.getSystemIdleState(1) === 'locked') options.lock();
    idle.check();
  }, msBetweenChecks);
  return () => clearInterval(timer);
}
