import { useEffect, useState } from 'react';
import { useClient } from '../use-client.ts';
import { EnvironmentHere } from '../environment-here.ts';
import { ForgetEnvironment } from '../components/environments/forget-environment.tsx';
import { LeavePractice } from '../components/environments/leave-practice.tsx';
import { useNavigation } from '../navigation.tsx';
import { screens, screensFor } from '../screens.ts';
import { useChosenEnvironment, useSession } from '../session.tsx';
import { FaultBoundary } from './fault-boundary.tsx';
import styles from './frame.module.css';
import { OperationBar } from './operation-bar.tsx';
import { Palette } from './palette.tsx';
import { Sidebar } from './sidebar.tsx';
import { targetOf } from './shortcuts.ts';

/** The window while it is unlocked: sidebar, screen, palette, and the work under way. */
export function Frame() {
  const client = useClient();
  const { app, environments } = useSession();
  const { place, go, back, forward, keep } = useNavigation();
  const environment = useChosenEnvironment();
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [asking, setAsking] = useState<'leave-practice' | 'forget'>();
  const cards = environments.value;

  useEffect(() => {
    if (cards) keep(cards.map(({ id }) => id));
  }, [cards, keep]);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const target = targetOf(event, app.platform);
      if (target === undefined) return;
      event.preventDefault();
      if (target === 'lock') void client.call('app.lock', {});
      // a dialog is answered first; the palette closes by its own shortcut
      else if (document.querySelector('[aria-modal="true"]')) setPaletteOpen(false);
      else if (target === 'palette') setPaletteOpen(true);
      else if (target === 'back') back();
      else if (target === 'forward') forward();
      else go(target);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [app.platform, client, go, back, forward]);

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
  return (
    <div className={styles.frame}>
      <Sidebar onPalette={() => setPaletteOpen(true)} />
      <main className={styles.main}>
        <EnvironmentHere value={here}>
          <FaultBoundary key={`${screen?.id} ${here?.id}`}>
            {screen?.needsEnvironment
              ? here && <screen.component environment={here} />
              : screen && <screen.component />}
          </FaultBoundary>
        </EnvironmentHere>
        <OperationBar />
      </main>
      {paletteOpen && (
        <Palette
          onClose={() => setPaletteOpen(false)}
          onLeavePractice={() => setAsking('leave-practice')}
          onForget={() => setAsking('forget')}
        />
      )}
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
