import { basename, isAbsolute } from 'node:path';
import { z } from 'zod';
import type { AppEvent, FilePurpose } from '#contract/app';
import type { DroppedContent } from '#contract/dropped';
import { filePath } from '#contract/shapes';
import { expectedFailure } from '#errors/expected-failure';
import { inWindowWords } from '#procedures/act-text';
import type { AppLock } from '#procedures/app/app-lock';
import type { ChosenFiles } from '#procedures/chosen-files';
import type { ConsentGate, Question } from '#procedures/consent/consent';
import { onOneLine } from '#procedures/consent/shown-text';
import { placeInFull } from '#procedures/consent/in-full';
import { contentOfFile } from './content-of-file.ts';

export interface DroppedFilePorts {
  readonly chosen: Pick<ChosenFiles, 'add'>;
  readonly consents: Pick<ConsentGate, 'consentFor'>;
  readonly lock: Pick<AppLock, 'isLocked'>;
  /** Takes exceptions that nobody foresaw. */
  readonly faults: { readonly record: (where: string, error: unknown) => unknown };
  /** Hears of a file that the admin did not agree to, and of what no preload sends. */
  readonly noteRefusal: (what: string, why: string) => void;
  readonly emit: (event: AppEvent) => void;
}

/** What the preload sends: the paths of all files of one drop. */
const dropped = z.array(filePath.refine(isAbsolute)).min(1).max(1000);

/** What a dropped file may be read, or handed a key, as: only what its content fits. */
const purposes: Readonly<Partial<Record<DroppedContent['is'], readonly FilePurpose[]>>> = {
  settings: ['open-env', 'open-handoff'],
  key: ['open-env', 'open-handoff'],
  'age-file': ['open-age'],
  words: ['open-words'],
  share: ['open-shares'],
  picture: ['open-photo'],
};

/**
 * Takes the paths of files that were dropped onto the window. That somebody dropped them is the renderer's word alone, so none is opened
 * before the admin agreed to that path in a dialog of main, which makes it a file that was chosen in a dialog. Never throws.
 */
export function createDroppedFiles(ports: DroppedFilePorts): (paths: unknown) => Promise<void> {
  const { chosen, consents, lock, faults, noteRefusal, emit } = ports;
  return async (paths) => {
    if (lock.isLocked()) return;
    const given = dropped.safeParse(paths);
    const [path, ...more] = given.data ?? [];
    if (path === undefined) return noteRefusal('dropped file', 'not a list of paths');
    if (more.length > 0) return emit({ kind: 'files-dropped', count: more.length + 1 });
    try {
      const consent = consents.consentFor(() => noteRefusal('dropped file', 'the admin did not agree'));
      await consent.ask(questionOf(path));
      const content = await contentOfFile(path);
      for (const purpose of purposes[content.is] ?? []) chosen.add(path, purpose);
      if (!lock.isLocked()) emit({ kind: 'file-dropped', file: { path, content } });
    } catch (error) {
      try {
        const { code, message, remedy } = expectedFailure(error);
        // whoever declined knows
        if (code === 'cancelled') return;
        emit({ kind: 'drop-refused', error: { code, message, remedy: inWindowWords(remedy) } });
      } catch (fault) {
        void faults.record('dropped file', fault);
      }
    }
  };
}

function questionOf(path: string): Question {
  return {
    message: `Read the dropped file ${onOneLine(basename(path), 100)}?`,
    detail: [
      placeInFull(path, 'the path', 500),
      'Keel reads it to see what it is, and then asks what to do with it. Cancel if you did not drop this file.',
    ].join('\n\n'),
    button: 'Read the file',
  };
}
