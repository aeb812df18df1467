import { RelativeTime } from './relative-time.tsx';

export interface KeyAgeProps {
  /** It was not made here. */
  readonly adopted: boolean;
  readonly createdAt: string;
  readonly activatedAt?: string | undefined;
}

/** How old a key is; of one that was made elsewhere only since when Keel knows it. */
export function KeyAge({ adopted, createdAt, activatedAt = createdAt }: KeyAgeProps) {
  if (!adopted) return <RelativeTime at={activatedAt} as="age" />;
  return (
    <span>
      age unknown (imported) <RelativeTime at={createdAt} />
    </span>
  );
}
