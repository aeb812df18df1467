import type { Place } from '../history.ts';
import type { ScreenId } from '../screen-list.ts';

/** Something that is done on a screen, as somebody would look for it. */
export interface PaletteAction {
  readonly title: string;
  /** Other words for it. */
  readonly words?: string;
  readonly screen: ScreenId;
  readonly intent?: Place['intent'];
}

/** What the screens are for, beside their titles: the palette leads to where each is done. */
export const paletteActions: readonly PaletteAction[] = [
  { title: 'Connect a database', words: 'add environment url postgres', screen: 'connect' },
  { title: 'Import a key', words: 'import adopt encryption_key .env paste', screen: 'key' },
  {
    title: 'Restore a key from a backup',
    words: 'age words shares paper recover import',
    screen: 'key',
    intent: 'restore',
  },
  { title: 'Generate a new key', words: 'create make', screen: 'key' },
  { title: 'Show or copy the key', words: 'reveal clipboard', screen: 'key' },
  { title: 'Destroy an old key', words: 'delete remove retired dumps', screen: 'key' },
  { title: 'Find encrypted columns', words: 'discover scan inventory', screen: 'prove' },
  { title: 'Prove the key on the database', words: 'verify check decrypt', screen: 'prove' },
  { title: 'Check the whole database', words: 'census scan every cell', screen: 'prove' },
  { title: 'Create a backup of the key', words: 'age file words shares paper print', screen: 'backup' },
  { title: 'Test a backup', words: 'drill restore', screen: 'backup' },
  { title: 'Compare keys and databases', words: 'which key dump matrix', screen: 'matrix' },
  { title: 'Check before a rotation', words: 'preflight sessions', screen: 'rotate' },
  { title: 'Rehearse a rotation', words: 'dry run', screen: 'rotate' },
  { title: 'Undo the last rotation', words: 'revert roll back', screen: 'rotate' },
  { title: 'Recover an interrupted rotation', words: 'crash settle unfinished', screen: 'rotate' },
  {
    title: 'Hand the key to the application',
    words: 'hand off ballast .env compose kubernetes vault write',
    screen: 'handoff',
  },
  { title: 'Look for stragglers', words: 'sweep rows old key', screen: 'handoff' },
  { title: 'Rotate many databases', words: 'fleet organisations', screen: 'fleet' },
  { title: 'Search credentials', words: 'list reveal replace password token', screen: 'credentials' },
  { title: 'Export credentials', words: 'archive save', screen: 'credentials' },
  { title: 'Import or compare an archive', words: 'credentials verify', screen: 'credentials' },
  { title: 'Test connections with the credentials', words: 'live probe', screen: 'connections' },
  { title: 'Create an API key', words: 'new bk_', screen: 'api-keys' },
  { title: 'Verify, revoke or replace an API key', words: 'delete', screen: 'api-keys' },
  { title: 'Check posture', words: 'security tls audit findings', screen: 'posture' },
  { title: 'Export the posture report', words: 'pdf html', screen: 'posture' },
  { title: 'Export the activity log', words: 'csv json audit', screen: 'activity' },
  { title: 'Set a passphrase for the lock', words: 'idle minutes', screen: 'settings' },
];
