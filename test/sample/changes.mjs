// Which files of the project differ from what others already have, as git tells it.
import { spawnSync } from 'node:child_process';

/**
 * Paths in the project of files that were changed, added or removed since the branch left its upstream, or since the last commit where
 * it has none; without git, or in a copy without its history, none.
 */
export function changedFiles(folder) {
  const git = (...args) => spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
  const base = git('merge-base', 'HEAD', '@{upstream}').stdout?.trim() || 'HEAD';
  const changed = git('diff', '--name-only', '-z', base).stdout ?? '';
  const added = git('ls-files', '--others', '--exclude-standard', '-z').stdout ?? '';
  return [...new Set(`${changed}${added}`.split('\0').filter((path) => path !== ''))];
}
