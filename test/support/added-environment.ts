import type { AuditEntry } from '#audit/audit';
import {
  addEnvironmentSettings,
  type EnvironmentSettings,
  readEnvironmentSettings,
} from '#environments/environment-settings';
import type { KeyRing } from '#keyring/key-ring';
import type { Database } from '#workspace/database';
import type { Confirmation, UseCaseContext } from '#workspace/use-case';
import { type KnownWorkspace, openWorkspace } from '#workspace/workspace';

/** The workspace of an environment that was added, with whatever its settings are to be besides the usual. */
export async function addedEnvironment(
  folder: string,
  ring: KeyRing,
  {
    database = () => Promise.reject(new Error('the database was asked')),
    ...settings
  }: Partial<EnvironmentSettings> & { readonly database?: () => Promise<Database> } = {},
): Promise<KnownWorkspace> {
  await addEnvironmentSettings(folder, {
    name: 'staging',
    colour: 'blue',
    production: false,
    addedAt: new Date().toISOString(),
    address: { host: 'localhost', port: 5432, database: 'app', user: 'postgres', sslmode: 'disable' },
    keyPlace: 'keychain',
    hasPassword: false,
    rememberPassword: false,
    inventory: [],
    excluded: [],
    targets: [],
    ...settings,
  });
  return openWorkspace(folder, (await readEnvironmentSettings(folder)) as EnvironmentSettings, {
    database,
    openKeys: async () => ({ keyRing: ring, place: 'keychain' }),
  });
}

/** The context of a use case that remembers what it asked, noted and told. */
export interface HeardContext extends UseCaseContext {
  readonly questions: Confirmation[];
  readonly noted: AuditEntry[];
  readonly steps: { readonly step: string; readonly done: number }[];
}

/** `confirm` stands for the admin: what it throws is a refusal. */
export function heardContext(confirm: () => void = () => undefined): HeardContext {
  const [questions, noted, steps]: [Confirmation[], AuditEntry[], HeardContext['steps']] = [[], [], []];
  const note = async (entry: AuditEntry) => void noted.push(entry);
  return {
    questions,
    noted,
    steps,
    signal: new AbortController().signal,
    onProgress: ({ step, done }) => void steps.push({ step, done }),
    confirm: async (question) => {
      questions.push(question);
      confirm();
    },
    audit: { before: note, after: note },
  };
}
