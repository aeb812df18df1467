import { Kbd } from '../components/kbd.tsx';
import { Icon } from '../components/icon.tsx';
import type { ScreenId } from '../history.ts';
import { useNavigation } from '../navigation.tsx';
import { screensFor } from '../screens.ts';
import { useChosenEnvironment, useSession } from '../session.tsx';
import { useClient } from '../use-client.ts';
import { EnvironmentSwitch } from './environment-switch.tsx';
import { ariaShortcutOf, type ShortcutTarget, shortcutOf } from './shortcuts.ts';
import styles from './sidebar.module.css';

const groups: readonly (readonly ScreenId[])[] = [
  ['home', 'key', 'prove', 'backup', 'matrix', 'rotate', 'handoff', 'fleet'],
  ['credentials', 'connections', 'api-keys', 'posture'],
  ['activity'],
];

/** The way to every screen. */
export function Sidebar({ onPalette }: { readonly onPalette: () => void }) {
  const client = useClient();
  const { app } = useSession();
  const { place } = useNavigation();
  const chosen = useChosenEnvironment();
  const there = screensFor(chosen);
  // a place whose screen is not there shows the first one
  const current = there.some(({ id }) => id === place.screen) ? place.screen : 'home';

  return (
    <nav className={styles.sidebar} aria-label="Screens">
      <div className={styles.mark}>
        <Icon name="keel" size={22} />
        <span>Keel</span>
      </div>
      {chosen && <EnvironmentSwitch chosen={chosen} />}
      <button
        type="button"
        className={styles.palette}
        aria-keyshortcuts={ariaShortcutOf('palette', app.platform)}
        onClick={onPalette}
      >
        <Icon name="search" size={14} />
        <span>Go to or do</span>
        <Hint target="palette" always />
      </button>
      {groups
        .filter((ids) => there.some(({ id }) => ids.includes(id)))
        .map((ids, at) => (
          <ul key={ids[0]} data-divided={at > 0}>
            {ids.map((id) => (
              <Item key={id} id={id} current={current} />
            ))}
          </ul>
        ))}
      <ul className={styles.bottom}>
        <Item id="settings" current={current} />
        <li>
          <button
            type="button"
            className={styles.item}
            aria-keyshortcuts={ariaShortcutOf('lock', app.platform)}
            onClick={() => void client.call('app.lock', {})}
          >
            <Icon name="lock" />
            <span className={styles.title}>Lock</span>
            <Hint target="lock" always />
          </button>
        </li>
      </ul>
    </nav>
  );
}

function Item({ id, current }: { readonly id: ScreenId; readonly current: ScreenId }) {
  const { app } = useSession();
  const { go } = useNavigation();
  const chosen = useChosenEnvironment();
  const screen = screensFor(chosen).find((one) => one.id === id);
  if (!screen) return null;
  const unproven = id === 'backup' && chosen?.activeKey && !chosen.activeKey.provenAt;
  return (
    <li>
      <button
        type="button"
        className={styles.item}
        aria-current={id === current ? 'page' : undefined}
        aria-keyshortcuts={ariaShortcutOf(id, app.platform)}
        onClick={() => go(id)}
      >
        <Icon name={screen.icon} />
        <span className={styles.title}>{screen.title}</span>
        {unproven && <span className={styles.note}>unproven</span>}
        <Hint target={id} />
      </button>
    </li>
  );
}

/** The shortcut for eyes; `aria-keyshortcuts` tells it to ears. Those of screens come up on hover and focus. */
function Hint({ target, always = false }: { readonly target: ShortcutTarget; readonly always?: boolean }) {
  const { app } = useSession();
  const keys = shortcutOf(target, app.platform);
  if (keys === undefined) return null;
  return (
    <span aria-hidden="true" className={always ? undefined : styles.hint}>
      <Kbd keys={keys} />
    </span>
  );
}
