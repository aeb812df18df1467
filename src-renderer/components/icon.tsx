/** Outlines on a 16 px grid, drawn for Keel. */
const outlines = {
  keel: 'M8 1.5v13M2 6h12M2 6c.2 4.4 2.2 7 6 8.5 3.8-1.5 5.8-4.1 6-8.5',
  home: 'M2.5 7.5 8 2.8l5.5 4.7M4 6.5v6.7h8V6.5M6.7 13.2V9.5h2.6v3.7',
  connect:
    'M2.5 4.3c0-1 2.5-1.8 5.5-1.8s5.5.8 5.5 1.8-2.5 1.8-5.5 1.8-5.5-.8-5.5-1.8ZM2.5 4.3v7.4c0 1 2.5 1.8 5.5 1.8s5.5-.8 5.5-1.8V4.3M2.5 8c0 1 2.5 1.8 5.5 1.8s5.5-.8 5.5-1.8',
  key: 'M10.3 9.2a3.7 3.7 0 1 0-3.5-3.5L2.5 10v3.5H6v-1.7h1.7v-1.7h1.6ZM11 5h0',
  prove: 'M8 1.8 13 3.6v4c0 3.2-2 5.4-5 6.6-3-1.2-5-3.4-5-6.6v-4ZM5.8 7.9l1.6 1.6 2.9-3.1',
  backup: 'M2.5 3h11v3h-11ZM3.5 6v7h9V6M6.5 8.7h3',
  matrix: 'M2.5 2.5h11v11h-11ZM6.2 2.5v11M9.8 2.5v11M2.5 6.2h11M2.5 9.8h11',
  rotate:
    'M13.2 6.3A5.5 5.5 0 0 0 3.4 4.7L2.5 6M2.5 2.8V6h3.2M2.8 9.7a5.5 5.5 0 0 0 9.8 1.6l.9-1.3M13.5 13.2V10h-3.2',
  fleet:
    'M2.5 3c0-.6 1-1 2.2-1s2.3.4 2.3 1v3.3c0 .6-1 1-2.3 1s-2.2-.4-2.2-1ZM9 3c0-.6 1-1 2.2-1s2.3.4 2.3 1v3.3c0 .6-1 1-2.3 1S9 6.9 9 6.3ZM5.8 9.7c0-.6 1-1 2.2-1s2.2.4 2.2 1V13c0 .6-1 1-2.2 1s-2.2-.4-2.2-1Z',
  handoff: 'M2.5 8h8M7.5 4.8 10.7 8l-3.2 3.2M10 2.8h3.5v10.4H10',
  posture: 'm2.3 4 1.1 1.1L5.5 3M2.3 8.4l1.1 1.1 2.1-2.1M2.5 13h2.8M8 4.2h5.5M8 8.6h5.5M8 13h5.5',
  connections: 'M5.5 2v3.5M10.5 2v3.5M3.5 5.5h9v2.3a4.5 4.5 0 0 1-9 0ZM8 12.3v2',
  'api-keys':
    'M2.5 5.5v5M4.4 5.5H2.5M4.4 10.5H2.5M11.6 5.5h1.9v5h-1.9M6.3 9.6a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2ZM7.9 8h3.2v1.4M9.6 8v1',
  credentials: 'M2.5 3.5h11v9h-11ZM2.5 6.3h11M5 9.4h0M7.5 9.4h0M10 9.4h0',
  activity: 'M2.5 4h0M2.5 8h0M2.5 12h0M5.5 4h8M5.5 8h8M5.5 12h8',
  settings:
    'M2.5 4.7h5M11 4.7h2.5M9.2 6.4a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4ZM2.5 11.3H5M8.5 11.3h5M6.8 13a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4Z',
  lock: 'M3.5 7h9v6.5h-9ZM5.5 7V4.8a2.5 2.5 0 0 1 5 0V7M8 9.7v1.3',
  copy: 'M5.5 5.5h8v8h-8ZM3.5 10.5h-1v-8h8v1',
  done: 'm3 8.5 3.2 3.2L13 4.8',
  stop: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  warn: 'M8 2.2 14.2 13H1.8ZM8 6.3v3M8 11.2h0',
  info: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4ZM8 7.3v3.7M8 5h0',
  good: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4ZM5.4 8.2 7.2 10l3.4-3.8',
  choose: 'm4.5 6.3 3.5 3.5 3.5-3.5',
  file: 'M3.5 1.8h5.6l3.4 3.4v9H3.5ZM9 1.8v3.5h3.5',
  search: 'M7 11.8A4.8 4.8 0 1 0 7 2.2a4.8 4.8 0 0 0 0 9.6ZM10.5 10.5l3.3 3.3',
  eye: 'M1.5 8S4 3.7 8 3.7 14.5 8 14.5 8 12 12.3 8 12.3 1.5 8 1.5 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
} as const;

export type IconName = keyof typeof outlines;

/** Beside words, never instead of them: it is hidden from screen readers. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={outlines[name]} />
    </svg>
  );
}
