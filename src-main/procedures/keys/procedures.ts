import type { KeySource } from '#contract/keys';
import { variableOfChosen } from '#applications/applications';
import { parseApplicationKey } from '#crypto/application-key';
import { type EncryptionKey, parseEncryptionKey } from '#crypto/encryption-key';
import type { EnvironmentSettings } from '#environments/environment-settings';
import { readTextFile } from '#storage/text-file';
import { findAssignment } from '#handoff/env-assignment';
import { loadKey } from '#workspace/ring-keys';
import {
  assertHandChosen,
  openGiven,
  restoredFrom,
  type TakenArtefact,
} from '#procedures/backup/given-artefact';
import { allowReveal } from '#procedures/allow-reveal';
import type { Implementations } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import { windowAudit } from '#procedures/window-context';
import { copyKey, type CopyKeyPorts } from './copy-key.ts';
import { isWeak, type RestoredKeyMemory } from './restored-key.ts';
import { adoptKey } from '#keys/use-cases/adopt';
import { generateKey } from '#keys/use-cases/generate';

export interface KeyPorts extends CopyKeyPorts, Pick<Ports, 'workspaces' | 'changed' | 'assertChosen'> {
  readonly restored: RestoredKeyMemory;
}

type Names = 'list' | 'generate' | 'adopt' | 'reveal' | 'hide' | 'copy';

/** The keys of an environment. No key leaves but through `reveal`, `copy` and a backup. */
export function keyProcedures(ports: KeyPorts): Pick<Implementations, `keys.${Names}`> {
  const { workspaces, native, note, changed, assertChosen, restored } = ports;
  const audit = windowAudit(note);
  return {
    async 'keys.list'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { keys } = await workspace.readRing();
      return keys.map(({ fingerprint, state, createdAt, proofs, ...entry }) => ({
        fingerprint,
        state,
        createdAt,
        ...(entry.activatedAt && { activatedAt: entry.activatedAt }),
        ...(entry.retiredAt && { retiredAt: entry.retiredAt }),
        ...(entry.earlier && {
          earlier: entry.earlier.map(({ activatedAt, retiredAt }) => ({ activatedAt, retiredAt })),
        }),
        ...(entry.origin && { origin: entry.origin }),
        proofs,
        ...(entry.made && { made: entry.made }),
      }));
    },

    async 'keys.generate'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { fingerprint } = await generateKey(workspace, { audit });
      changed();
      return { fingerprint };
    },

    async 'keys.adopt'({ environment, source }, { assertPressed }) {
      if (!isFromFile(source)) assertPressed();
      if (source.kind === 'env-file' || source.kind === 'key-file') assertChosen(source.path, 'open-env');
      if (source.kind === 'artefact') assertHandChosen(source.from, assertChosen);
      using workspace = await workspaces.open(environment);
      using taken = source.kind === 'artefact' ? await openGiven(source.from) : undefined;
      using key =
        source.kind === 'restored' ? restored.copy() : await readKeySource(source, taken, workspace.settings);
      const proof = source.kind === 'restored' ? restored.from() : taken?.name;
      const { fingerprint, known } = await adoptKey(
        workspace,
        {
          key,
          from: sourceOf[source.kind],
          ...(source.kind === 'env-file' && { envFile: source.path }),
          ...(proof && { proof }),
        },
        { audit },
      );
      if (source.kind === 'restored') restored.wipe();
      changed();
      return { fingerprint, known, weak: isWeak(key) };
    },

    async 'keys.reveal'({ environment, fingerprint }, { press }) {
      using workspace = await workspaces.open(environment);
      using key = await loadKey(workspace, fingerprint);
      await allowReveal(
        { ...ports, press },
        {
          environment,
          action: 'key revealed',
          detail: 'on the screen, while held',
          fingerprint,
        },
      );
      return { key: key.written.toString('utf8') };
    },

    async 'keys.hide'() {
      native.protectContent(false);
      return {};
    },

    async 'keys.copy'({ environment, fingerprint }) {
      using workspace = await workspaces.open(environment);
      using key = await loadKey(workspace, fingerprint);
      return await copyKey(ports, key, environment);
    },
  };
}

/** Whether it was a file dialog that brought the key here. */
function isFromFile(source: KeySource): boolean {
  if (source.kind === 'artefact') return 'path' in source.from;
  return source.kind === 'env-file' || source.kind === 'key-file';
}

/** As the activity log says where a key came from. */
const sourceOf = {
  restored: 'artefact',
  artefact: 'artefact',
  'env-file': 'env-file',
  'key-file': 'file',
  typed: 'typed',
} as const;

async function readKeySource(
  source: Exclude<KeySource, { kind: 'restored' }>,
  taken: TakenArtefact | undefined,
  { application }: EnvironmentSettings,
): Promise<EncryptionKey> {
  if (taken) return restoredFrom(taken, 'nothing was changed');
  if (source.kind === 'artefact') throw new Error('a backup was not opened');
  const parse = (value: string, encoding: 'utf8' | 'latin1') =>
    application === undefined
      ? parseEncryptionKey(value, { allowWeak: true })
      : parseApplicationKey(Buffer.from(value, encoding));
  if (source.kind === 'typed') return parse(source.text, 'utf8');
  const text = await readTextFile(source.path, {
    code: 'key-file-unreadable',
    what: 'the file',
    remedy: 'check the path and its permissions',
    max: longestEnv,
    encoding: 'latin1',
  });
  if (source.kind === 'key-file') return parse(text.replace(/\r?\n$/, ''), 'latin1');
  const { value } = findAssignment(text, variableOfChosen(application), source.path);
  return parse(value, 'latin1');
}

/** Files of settings are far smaller. */
const longestEnv = 16 << 20;
