import { useEffect, useState } from 'react';
import { formatAge, formatAgo, formatMoment } from '../format.ts';

export interface RelativeTimeProps {
  readonly at: string;
  /** `ago`: like `3 days ago`. `age`: like `411 days old`. */
  readonly as?: 'ago' | 'age';
}

/** How long since, kept true by the minute; the exact moment on hover. */
export function RelativeTime({ at, as = 'ago' }: RelativeTimeProps) {
  const [now, setNow] = useState(() => Date.now());

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);

  return (
    <time dateTime={at} title={formatMoment(at)}>
      {as === 'age' ? formatAge(at, now) : formatAgo(at, now)}
    </time>
  );
}
