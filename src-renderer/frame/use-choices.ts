import { useNavigation } from '../navigation.tsx';
import { screensFor } from '../screens.ts';
import { useChosenEnvironment, useSession } from '../session.tsx';
import { useClient } from '../use-client.ts';
import { paletteActions } from './palette-actions.ts';
import type { Choice } from './palette-search.ts';
import { shortcutOf } from './shortcuts.ts';

/** What the palette only opens: a dialog of the frame. */
export interface PaletteDialogs {
  readonly onLeavePractice: () => void;
  readonly onForget: () => void;
  readonly onShortcuts: () => void;
}

/** Every screen, environment and action that there is now. */
export function useChoices({ onLeavePractice, onForget, onShortcuts }: PaletteDialogs): readonly Choice[] {
  const client = useClient();
  const { app, environments } = useSession();
  const { go, back, canGoBack, place } = useNavigation();
  const chosen = useChosenEnvironment();
  const cards = environments.value ?? [];
  const practice = cards.find((card) => card.practice);

  const toScreens = screensFor(chosen).map(({ id, title, needsEnvironment }) => ({
    id: `screen ${id}`,
    group: 'Go to',
    title: needsEnvironment && chosen ? `${title} · ${chosen.name}` : title,
    shortcut: shortcutOf(id, app.platform),
    run: () => go(id),
  }));
  const toEnvironments = cards
    .filter(({ id }) => id !== chosen?.id)
    .map(({ id, name, production }) => ({
      id: `environment ${id}`,
      group: 'Environments',
      title: `Switch to ${name}`,
      ...(production && { words: 'production prod' }),
      run: () => go(place.screen, id),
    }));
  const there = new Set(screensFor(chosen).map(({ id }) => id));
  const actions = paletteActions
    .filter(({ screen }) => there.has(screen))
    .map(({ title, words, screen, intent }) => ({
      id: `action ${title}`,
      group: 'Commands',
      title,
      ...(words !== undefined && { words }),
      run: () => go(screen, undefined, intent),
    }));
  const ofChosen = chosen
    ? [
        {
          id: 'looks',
          group: 'Commands',
          title: `Edit environment ${chosen.name}`,
          words: 'environment rename mark name colour production prod ribbon',
          run: () => go('settings'),
        },
        ...(chosen.practice
          ? []
          : [
              {
                id: 'forget',
                group: 'Commands',
                title: `Forget ${chosen.name}…`,
                words: 'environment remove delete disconnect',
                run: onForget,
              },
            ]),
      ]
    : [];
  const themes = (['light', 'dark', 'system'] as const)
    .filter((theme) => theme !== app.theme)
    .map((theme) => ({
      id: `theme ${theme}`,
      group: 'Commands',
      title: theme === 'system' ? 'Follow the system theme' : `Use the ${theme} theme`,
      words: 'appearance colours',
      run: () => void client.call('settings.write', { theme }),
    }));
  return [
    ...toScreens,
    ...toEnvironments,
    {
      id: 'lock',
      group: 'Commands',
      title: 'Lock Keel',
      shortcut: shortcutOf('lock', app.platform),
      run: () => void client.call('app.lock', {}),
    },
    ...(canGoBack
      ? [
          {
            id: 'back',
            group: 'Commands',
            title: 'Go back',
            shortcut: shortcutOf('back', app.platform),
            run: back,
          },
        ]
      : []),
    practice
      ? {
          id: 'practice',
          group: 'Commands',
          title: 'End practice',
          words: 'sample database remove',
          run: onLeavePractice,
        }
      : {
          id: 'practice',
          group: 'Commands',
          title: 'Practise on a sample database',
          words: 'practice demo try',
          run: () => {
            go('home');
            client.run('practice.start', {});
          },
        },
    ...ofChosen,
    ...actions,
    {
      id: 'shortcuts',
      group: 'Commands',
      title: 'Show keyboard shortcuts',
      words: 'help keys',
      shortcut: '?',
      run: onShortcuts,
    },
    ...themes,
  ];
}
