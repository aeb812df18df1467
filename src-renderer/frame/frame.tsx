import { useEffect, useState } from 'react';
import { useClient } from '../use-client.ts';
import { EnvironmentHere } from '../environment-here.ts';
import { ForgetEnvironment } from '../components/environments/forget-environment.tsx';
import { LeavePractice } from '../components/environments/leave-practice.tsx';
import { useSidebar } from '../last-place.tsx';
import { useNavigation } from '../navigation.tsx';
import { screenList } from '../screen-list.ts';
import { screens, screensFor } from '../screens.ts';
import { useChosenEnvironment, useSession } from '../session.tsx';
import { DroppedFiles } from './dropped/dropped-files.tsx';
import { FaultBoundary } from './fault-boundary.tsx';
import styles from './frame.module.css';
import { OperationBar } from './operation-bar.tsx';
import { Palette } from './palette.tsx';
import { Sidebar } from './sidebar.tsx';
import { asksForHelp, targetOf } from './shortcuts.ts';
import { ShortcutsHelp } from './shortcuts-help.tsx';

/** The window while it is unlocked: sidebar, screen, palette, and the work under way. */
export function Frame() {
  const client = useClient();
  const { app, environments } = useSession();
  const { place, go, settle, back, forward, keep } = useNavigation();
  const environment = useChosenEnvironment();
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [asking, setAsking] = useState<'leave-practice' | 'forget' | 'shortcuts'>();
  const { folded, toggle } = useSidebar();
  const cards = environments.value;

  useEffect(() => {
    if (cards) keep(cards.map(({ id }) => id));
  }, [cards, keep]);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const target = asksForHelp(event, isTyping(event.target)) ? 'help' : targetOf(event, app.platform);
      if (target === undefined) return;
      event.preventDefault();
      if (target === 'lock') void client.call('app.lock', {});
      // a dialog is answered first; the palette closes by its own shortcut
      else if (document.querySelector('[aria-modal="true"]')) setPaletteOpen(false);
      else if (target === 'palette') setPaletteOpen(true);
      else if (target === 'help') setAsking('shortcuts');
      else if (target === 'sidebar') toggle();
      else if (target === 'find') {
        // a screen without a list has nothing to search: then everything is
        const field = document.querySelector<HTMLElement>('main [data-filter]');
        if (field) field.focus();
        else setPaletteOpen(true);
      } else if (target === 'back') back();
      else if (target === 'forward') forward();
      else go(target);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [app.platform, client, go, back, forward, toggle]);

  useEffect(
    () =>
      client.subscribe((event) => {
        if (event.kind !== 'menu') return;
        if (event.item === 'palette') setPaletteOpen(true);
        else if (event.item === 'back') back();
        else go(event.item);
      }),
    [client, go, back],
  );

  const open = screensFor(environment);
  const screen = open.find(({ id }) => id === place.screen) ?? screens[0];
  const here = screen?.needsEnvironment ? environment : undefined;
  // a screen that waits for its environment is not another one meanwhile
  const awaited = environments.loading && screenList[place.screen].needsEnvironment;
  const hereId = here?.id;
  useEffect(() => {
    if (hereId !== undefined) settle(hereId);
  }, [hereId, settle]);

  return (
    <div className={styles.frame} data-folded={folded}>
      <Sidebar onPalette={() => setPaletteOpen(true)} />
      <main className={styles.main}>
        <EnvironmentHere value={here}>
          <FaultBoundary key={`${screen?.id} ${here?.id}`}>
            {screen?.needsEnvironment
              ? here && <screen.component environment={here} />
              : screen && !awaited && <screen.component />}
          </FaultBoundary>
        </EnvironmentHere>
        <OperationBar />
      </main>
      <DroppedFiles />
      {paletteOpen && (
        <Palette
          onClose={() => setPaletteOpen(false)}
          onLeavePractice={() => setAsking('leave-practice')}
          onForget={() => setAsking('forget')}
          onShortcuts={() => setAsking('shortcuts')}
        />
      )}
      {asking === 'shortcuts' && <ShortcutsHelp onClose={() => setAsking(undefined)} />}
      {asking === 'leave-practice' && <LeavePractice onClose={() => setAsking(undefined)} />}
      {asking === 'forget' && environment && (
        <ForgetEnvironment
          key={environment.id}
          environment={environment}
          onClose={() => setAsking(undefined)}
        />
      )}
    </div>
  );
}

/** Whether a key press is text for a field. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('textarea, select, input:not([type="checkbox"], [type="radio"])'))
  );
}
