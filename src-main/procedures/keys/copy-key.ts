import type { EncryptionKey } from '#crypto/encryption-key';
import type { Ports } from '#procedures/ports';

export type CopyKeyPorts = Pick<Ports, 'native' | 'note' | 'clipboardSeconds' | 'assertOpen'>;

/** Puts a key on the clipboard, which is cleared after the time set, once the log has it. The caller keeps the key. Throws as `assertOpen`. */
export async function copyKey(
  { native, note, clipboardSeconds, assertOpen }: CopyKeyPorts,
  key: EncryptionKey,
  environment?: string,
): Promise<{ clearsInSeconds: number }> {
  const clearsInSeconds = clipboardSeconds();
  await note({
    ...(environment !== undefined && { environment }),
    action: 'key copied',
    detail: `to the clipboard, for ${clearsInSeconds} s`,
    outcome: 'done',
    fingerprint: key.fingerprint,
  });
  // the lock, and the end of the app, have cleared the clipboard by now: nothing would clear this
  assertOpen();
  await native.copyText(key.written.toString('utf8'), { clearAfterMs: clearsInSeconds * 1000 });
  return { clearsInSeconds };
}
