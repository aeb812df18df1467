import { Dialog } from '../components/layout/dialog.tsx';
import { Facts } from '../components/layout/facts.tsx';
import { Kbd } from '../components/marks/kbd.tsx';
import { screenEntries } from '../screen-list.ts';
import { useSession } from '../session.tsx';
import { type ShortcutTarget, shortcutOf } from './shortcuts.ts';

const general: readonly (readonly [ShortcutTarget, string])[] = [
  ['palette', 'Search or run a command'],
  ['find', 'Search in this screen'],
  ['back', 'Go back'],
  ['forward', 'Go forward'],
  ['sidebar', 'Collapse the sidebar'],
  ['lock', 'Lock Keel'],
];

const inLists: readonly (readonly [string, string])[] = [
  ['↑ ↓', 'Move between rows'],
  ['Enter', 'Open a row'],
  ['Space', 'Show a secret while held on its button'],
  ['Esc', 'Close a dialog; nothing is lost'],
];

/** Every shortcut of the keyboard. */
export function ShortcutsHelp({ onClose }: { readonly onClose: () => void }) {
  const { app } = useSession();
  const named = [...general, ...screenEntries.map(({ id, title }) => [id, title] as const)].flatMap(
    ([target, name]) => {
      const keys = shortcutOf(target, app.platform);
      return keys === undefined ? [] : [[keys, name] as const];
    },
  );
  return (
    <Dialog onClose={onClose} title="Keyboard shortcuts">
      <Facts
        facts={[...named, ...inLists, ['?', 'Show these shortcuts'] as const].map(([keys, name]) => ({
          name,
          value: <Kbd keys={keys} />,
        }))}
      />
    </Dialog>
  );
}
