import { useEffect, useState } from 'react';
import type { AppEvent } from '#contract/app';
import { Dialog } from '../../components/layout/dialog.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { useClient } from '../../use-client.ts';
import { DropHint } from './drop-hint.tsx';
import { DroppedSheet } from './dropped-sheet.tsx';

type DropEvent = Extract<AppEvent, { kind: 'file-dropped' | 'files-dropped' | 'drop-refused' }>;

/** What came of files that were dropped onto the window. Main asked the admin before it read one. */
export function DroppedFiles() {
  const client = useClient();
  const [last, setLast] = useState<DropEvent>();
  useEffect(
    () =>
      client.subscribe((event) => {
        if (event.kind === 'file-dropped' || event.kind === 'files-dropped' || event.kind === 'drop-refused')
          setLast(event);
      }),
    [client],
  );
  const close = () => setLast(undefined);
  return (
    <>
      <DropHint />
      {last?.kind === 'file-dropped' && (
        <DroppedSheet key={last.file.path} file={last.file} onClose={close} />
      )}
      {last?.kind === 'files-dropped' && (
        <Dialog onClose={close} title="Drop one file at a time">
          <Notice tone="info" title={`You dropped ${last.count} files, and none of them was read.`}>
            Add the shares of a set together on the Backups screen.
          </Notice>
        </Dialog>
      )}
      {last?.kind === 'drop-refused' && (
        <Dialog onClose={close} title="The dropped file was not read">
          <FailureNotice failure={last.error} />
        </Dialog>
      )}
    </>
  );
}
