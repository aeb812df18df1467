import { KeelError } from '#errors/keel-error';
export function fromDriverError(error: unknown, doing: string): KeelError {
  if (error instanceof KeelError) return error;
  const { code, message } = error as { code?: string; message: string };
  if (code === '55P03') return new KeelError('lock-timeout', message, '-', { cause: error });
  return new KeelError('query-failed', `${doing}: ${code} ${message}`, '-', { cause: error });
}
