import { Kbd } from '../components/marks/kbd.tsx';
import { Icon } from '../components/marks/icon.tsx';
import { screenGroups } from '../screen-data.ts';
import type { ScreenId } from '../screen-list.ts';
import { useSidebar } from '../last-place.tsx';
import { useNavigation } from '../navigation.tsx';
import { type ScreenEntry, screensFor } from '../screens.ts';
import { useChosenEnvironment, useSession } from '../session.tsx';
import { useClient } from '../use-client.ts';
import { EnvironmentSwitch } from './environment-switch.tsx';
import { ariaShortcutOf, type ShortcutTarget, shortcutOf } from './shortcuts.ts';
import styles from './sidebar.module.css';

/** The way to every screen. */
export function Sidebar({ onPalette }: { readonly onPalette: () => void }) {
  const client = useClient();
  const { app, environments } = useSession();
  const { folded, toggle } = useSidebar();
  const { place } = useNavigation();
  const chosen = useChosenEnvironment();
  const hasEnvironments = (environments.value ?? []).length > 0;
  const there = screensFor(chosen);
  // a place whose screen is not there shows the first one
  const current = there.some(({ id }) => id === place.screen) ? place.screen : 'home';

  return (
    <nav className={styles.sidebar} aria-label="Screens" data-folded={folded}>
      <div className={styles.mark}>
        <Icon name="keel" size={22} />
        <span className={styles.title}>Keel</span>
        <button
          type="button"
          className={styles.fold}
          aria-expanded={!folded}
          aria-label="Sidebar"
          aria-keyshortcuts={ariaShortcutOf('sidebar', app.platform)}
          title={`${folded ? 'Expand' : 'Collapse'} the sidebar (${shortcutOf('sidebar', app.platform)})`}
          onClick={toggle}
        >
          <Icon name="fold" size={15} />
        </button>
      </div>
      {hasEnvironments && <EnvironmentSwitch chosen={chosen} />}
      <button
        type="button"
        className={styles.palette}
        {...(folded && { title: 'Search or run a command' })}
        aria-keyshortcuts={ariaShortcutOf('palette', app.platform)}
        onClick={onPalette}
      >
        <Icon name="search" size={14} />
        <span className={styles.title}>Search or run…</span>
        <Hint target="palette" always />
      </button>
      <div className={styles.screens}>
        {screenGroups
          .filter((group) => group !== 'app' && there.some((screen) => screen.group === group))
          .map((group, at) => (
            <ul key={group} data-divided={at > 0}>
              <Items group={group} current={current} />
            </ul>
          ))}
      </div>
      <ul className={styles.bottom}>
        <Items group="app" current={current} />
        <li>
          <button
            type="button"
            className={styles.item}
            {...(folded && { title: 'Lock' })}
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

function Items({ group, current }: { readonly group: ScreenEntry['group']; readonly current: ScreenId }) {
  const there = screensFor(useChosenEnvironment());
  return there
    .filter((screen) => screen.group === group)
    .map((screen) => <Item key={screen.id} screen={screen} current={current} />);
}

function Item({ screen, current }: { readonly screen: ScreenEntry; readonly current: ScreenId }) {
  const { app } = useSession();
  const { folded } = useSidebar();
  const { go } = useNavigation();
  const chosen = useChosenEnvironment();
  const { id } = screen;
  const unproven = id === 'backup' && chosen?.activeKey && !chosen.activeKey.provenAt;
  return (
    <li>
      <button
        type="button"
        className={styles.item}
        {...(folded && { title: screen.title })}
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
