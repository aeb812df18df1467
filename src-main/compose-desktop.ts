import type { AppEvent } from '#contract/app';
import { openActivityLog } from '#audit/activity-log';
import { openFaultLog } from '#audit/fault-log';
import { readAppSettings } from '#environments/app-settings';
import { keelHome } from '#environments/keel-home';
import { openLockPassphrase } from '#environments/lock-passphrase';
import { noTimeout, keychainWorks } from '#keyring/keychain';
import { passwordStore } from '#keyring/password-store';
import { sweepTemporaryFolders } from '#practice/temporary-folder';
import { activityProcedures } from '#procedures/audit/procedures';
import { followUpProcedures } from '#procedures/rotation/follow-up';
import { apiKeyProcedures } from '#procedures/api-keys/procedures';
import { appProcedures } from '#procedures/app/procedures';
import { createAppLock } from '#procedures/app/app-lock';
import { backupProcedures } from '#procedures/backup/procedures';
import { createConsentGate } from '#procedures/consent/consent';
import { createChosenFiles } from '#procedures/chosen-files';
import { createConfirmedAddresses } from '#procedures/environments/confirmed-addresses';
import { createConnections } from '#procedures/environments/connection';
import { connectionsProcedures } from '#procedures/connections/procedures';
import { currentCall } from '#procedures/current-call';
import { createDesktopProgress } from '#procedures/desktop-progress';
import { credentialProcedures } from '#procedures/credentials/procedures';
import { credentialArchiveProcedures } from '#procedures/credentials/archive';
import { remindOfDrills } from '#procedures/backup/drill-reminder';
import { createDroppedFiles } from '#procedures/dropped/dropped-files';
import { environmentProcedures } from '#procedures/environments/procedures';
import { fleetProcedures } from '#procedures/fleet/procedures';
import { createNewApiKeys } from '#procedures/api-keys/new-keys';
import { handoffProcedures } from '#procedures/handoff/procedures';
import { censusProcedures } from '#procedures/proof/census';
import { inventoryProcedures } from '#procedures/proof/inventory';
import { followKeychain } from '#procedures/app/keychain-state';
import { keyMemoryProcedures } from '#procedures/keys/key-memory';
import { keyProcedures } from '#procedures/keys/procedures';
import { restoredProcedures } from '#procedures/keys/restored';
import { createRestoredKeyMemory } from '#procedures/keys/restored-key';
import { leftoverProcedures } from '#procedures/keys/leftovers';
import { matrixProcedures } from '#procedures/proof/matrix';
import { createMatrixMemory } from '#procedures/proof/matrix-memory';
import type { Press } from '#procedures/consent/consent';
import type { Native } from '#procedures/native';
import type { NoteActivity } from '#procedures/note-activity';
import { createNoteLimit } from '#procedures/note-limit';
import { createOperations } from '#procedures/operations';
import { postureProcedures } from '#procedures/posture/procedures';
import { createQuickCalls } from '#procedures/quick-calls';
import { passphraseProcedures } from '#procedures/backup/passphrase';
import { createPractice } from '#procedures/practice/procedures';
import { createPracticeEnvironment } from '#procedures/practice/environment';
import { lookForRemembered } from '#procedures/remembered-passwords';
import { createRefusalNotes } from '#procedures/refusal-notes';
import { ivProofProcedures } from '#procedures/proof/iv-proof';
import { rotationProcedures } from '#procedures/rotation/procedures';
import { createSessionSecrets, lockedDuring } from '#procedures/session-secrets';
import { createSuggestedPassphrases } from '#procedures/backup/suggested-passphrases';
import { createWizardMemory } from '#procedures/rotation/wizard-memory';
import { createWorkspaces } from '#procedures/workspaces';
import { createRouter } from '#router';
import type { Desktop } from '#shell/desktop-port';

export interface DesktopOptions {
  readonly native: Native;
  readonly version: string;
  readonly home?: string;
  /** Base-2 logarithm of the scrypt cost of sealed files; tests lower it, people's keys get age's default. */
  readonly workFactor?: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/** Builds the app behind the window, without Electron: the services from their adapters. */
export async function composeDesktop({
  native,
  version,
  home = keelHome(),
  workFactor,
  now = () => performance.now(),
}: DesktopOptions): Promise<Desktop> {
  // of a Keel that was killed; nobody has to wait for it
  void sweepTemporaryFolders();
  const activity = openActivityLog(home);
  const faults = openFaultLog(home);
  const secrets = createSessionSecrets();
  const passwords = passwordStore();
  const workspaces = createWorkspaces({ home, secrets, passwords, workFactor });
  const memory = createWizardMemory();
  const chosen = createChosenFiles();
  const newApiKeys = createNewApiKeys();
  const restored = createRestoredKeyMemory();
  const { note, assertRoom } = createNoteLimit({
    note: (entry) => activity.append(entry),
    presses: () => native.presses(),
    now,
  });
  const noteIfPossible: NoteActivity = (entry) =>
    note(entry).catch((error: unknown) => faults.record('activity log', error));
  const noteRefusal = createRefusalNotes({
    note: (entry) => activity.append(entry),
    onFault: (error) => void faults.record('refusal', error),
  });
  const { unread, ...read } = await readAppSettings(home);
  let { settings } = read;
  if (unread) {
    const detail = `${unread.message}; the defaults apply`;
    await noteIfPossible({ action: 'settings not read', detail, outcome: 'failed' });
  }

  // what is told while the app is locked waits until it is not
  const held: AppEvent[] = [];
  const emit = (event: AppEvent) => {
    showOnDesktop(event);
    if (event.kind === 'app-changed' || !lock.isLocked()) native.emit(event);
    else if (event.kind === 'done' || event.kind === 'failed') held.push(event);
    // however often, it is told once
    else if (event.kind === 'environments-changed' && !held.some(({ kind }) => kind === event.kind))
      held.push(event);
  };
  const wipeSession = (spared?: string) => {
    secrets.wipe(spared);
    connections.wipe();
    newApiKeys.wipe();
    restored.wipe();
    suggested.wipe();
    matrix.wipe();
  };
  const lock = createAppLock({
    passphrase: openLockPassphrase(home),
    note: noteIfPossible,
    onWrong: (remedy) => noteRefusal('wrong lock passphrase', remedy),
    onChange(locked) {
      if (locked) {
        wipeSession(practiceEnvironment.id);
        // work that waits for an answer holds keys, and the question would name them on a locked screen
        consents.decline();
        // the window cannot ask for it any more
        native.protectContent(false);
      }
      native.emit({ kind: 'app-changed' });
      if (!locked) for (const event of held.splice(0)) native.emit(event);
    },
  });
  const operations = createOperations(emit);
  const quickCalls = createQuickCalls();
  const showOnDesktop = createDesktopProgress({
    native,
    running: () => operations.list(),
    mayNotify: () => settings.notifyWhenDone,
  });
  const changed = () => emit({ kind: 'environments-changed' });
  const isRemembered = lookForRemembered({
    passwords: passwordStore({ timeoutMs: noTimeout }),
    changed,
  });
  const keychain = followKeychain({
    check: () => keychainWorks({ timeoutMs: noTimeout }),
    changed: () => native.emit({ kind: 'app-changed' }),
  });
  const { assertChosen, forWriting } = chosen;
  const addresses = createConfirmedAddresses(() => workspaces.addresses());
  const suggested = createSuggestedPassphrases();
  const matrix = createMatrixMemory();
  const practiceEnvironment = createPracticeEnvironment({ workspaces, secrets });
  const isBusy = (environment: string) =>
    operations.list().some((running) => running.environment === environment);
  const practice = createPractice({ environment: practiceEnvironment, note, changed, isBusy });
  let isEnding = false;
  const assertOpen = () => {
    const arrived = currentCall()?.epoch ?? secrets.epoch();
    if (lock.isLocked() || isEnding || arrived !== secrets.epoch()) throw lockedDuring();
  };
  const connections = createConnections({
    assertChosen,
    addresses,
    assertOpen,
    presses: () => native.presses(),
    note,
  });
  const consents = createConsentGate({
    ask: (question, signal) => native.ask(question, signal),
    presses: () => native.presses(),
    assertOpen,
    now,
  });
  const takePress = (kind: 'click' | 'hold'): Press | undefined => {
    const press = native.takePress(kind);
    return press && { isHeld: () => !lock.isLocked() && press.isHeld() };
  };
  const shared = { workspaces, note, changed };
  const clipboardSeconds = () => settings.clipboardSeconds;
  const aboutKeys = { ...shared, native, assertChosen, assertOpen, clipboardSeconds, restored };

  const route = createRouter({
    implementations: {
      ...appProcedures({
        home,
        version,
        native,
        operations,
        lock,
        chosen,
        consents,
        note,
        keychain,
        settings: () => settings,
        onSettings: (after) => {
          settings = after;
          native.emit({ kind: 'app-changed' });
        },
      }),
      ...activityProcedures({ log: activity, forWriting }),
      ...connections.procedures,
      ...environmentProcedures({
        ...shared,
        home,
        secrets,
        passwords,
        isRemembered,
        isBusy,
        drillEveryDays: () => settings.drillEveryDays,
        ...connections,
      }),
      ...keyProcedures(aboutKeys),
      ...restoredProcedures(aboutKeys),
      ...backupProcedures({ ...shared, native, suggested, assertChosen, forWriting }),
      ...apiKeyProcedures({
        ...shared,
        native,
        fresh: newApiKeys,
        assertOpen,
        clipboardSeconds,
      }),
      ...credentialProcedures({ ...shared, native }),
      ...credentialArchiveProcedures({ ...shared, assertChosen, forWriting, workFactor }),
      ...connectionsProcedures(shared),
      ...keyMemoryProcedures(shared),
      ...leftoverProcedures(shared),
      ...matrixProcedures({
        ...shared,
        memory: matrix,
        assertChosen,
        assertOpen,
        guesses: connections.guesses,
        confirmedConnection: (connection, consent) => connections.confirmedConnection(connection, consent),
      }),
      ...passphraseProcedures({ suggested, native, note, assertOpen, clipboardSeconds }),
      ...inventoryProcedures(shared),
      ...censusProcedures(shared),
      ...ivProofProcedures(shared),
      ...rotationProcedures({ ...shared, memory }),
      ...followUpProcedures({ ...shared, memory }),
      ...handoffProcedures({ ...shared, assertChosen }),
      ...postureProcedures({ ...shared, assertChosen, forWriting }),
      ...fleetProcedures(shared),
      ...practice.procedures,
    },
    operations,
    quickCalls,
    isLocked: () => lock.isLocked(),
    epoch: () => secrets.epoch(),
    assertRoom,
    takePress,
    consents,
    onRefused: noteRefusal,
    onFault: (id, error) => void faults.record(id, error),
  });

  return {
    route,
    drop: createDroppedFiles({ chosen, consents, lock, faults, noteRefusal, emit }),
    runningOperations: () => operations.list(),
    lock: async () => lock.lock(),
    settings: () => settings,
    noteRefusal,
    remind: () =>
      remindOfDrills({
        workspaces,
        native,
        everyDays: () => settings.drillEveryDays,
        mayNotify: () => settings.notifyWhenDone,
      }),
    decline: () => consents.decline(),
    async close() {
      isEnding = true;
      // the system may end us at any time from here on
      wipeSession();
      consents.decline();
      await Promise.all([operations.settle(), quickCalls.settle()]);
      await practice.stop();
      // what calls that were under way have kept since
      wipeSession();
      await activity.settle();
    },
  };
}
