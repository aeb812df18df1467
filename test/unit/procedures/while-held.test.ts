import { describe, expect, test } from 'vitest';
import { allowReveal } from '#procedures/allow-reveal';
import { shownWhileHeld } from '#procedures/while-held';

/** A press that ends when the test says so, with what was protected, noted and shown, in order. */
function pressed() {
  const events: string[] = [];
  const state = { held: true };
  return {
    events,
    state,
    ports: {
      native: { protectContent: (on: boolean) => void events.push(`protected: ${on}`) },
      press: { isHeld: () => state.held },
      note: async () => void events.push('noted'),
    },
  };
}

const missing = { code: 'gesture-missing' };

describe('a secret that is shown while something is held', () => {
  test('is given out once it is noted and the window is protected', async () => {
    const { ports, events } = pressed();
    const shown = await shownWhileHeld(ports, async (assertHeld) => {
      await assertHeld();
      await ports.note();
      return 'the key';
    });
    expect(shown).toBe('the key');
    expect(events).toEqual(['noted', 'protected: true']);
  });

  test('is not given out where it was let go while it was noted', async () => {
    const { ports, events, state } = pressed();
    const shown = shownWhileHeld(ports, async () => {
      state.held = false;
      return 'the key';
    });
    await expect(shown).rejects.toMatchObject(missing);
    expect(events).toEqual([]);
  });

  test('is not noted where nothing is held, and not shown where it cannot be noted', async () => {
    const { ports, events, state } = pressed();
    const entry = { action: 'key shown' } as never;
    const full = async () => {
      throw new Error('the disk is full');
    };
    await expect(allowReveal({ ...ports, note: full }, entry)).rejects.toThrow('the disk is full');
    state.held = false;
    await expect(allowReveal(ports, entry)).rejects.toMatchObject(missing);
    expect(events).toEqual([]);
  });
});
