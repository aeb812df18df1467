import { EventEmitter } from 'node:events';
import type { WebContents } from 'electron';
import { beforeEach, describe, expect, test } from 'vitest';
import { createGesture, followInput, type Gesture } from '#shell/gesture';

let now = 0;
let gesture: Gesture;
/** Events as the main process is told them. */
let contents: EventEmitter;

beforeEach(() => {
  now = 1000;
  gesture = createGesture(() => now);
  contents = new EventEmitter();
  followInput(contents as unknown as WebContents, gesture);
});

const mouse = (type: string, button = 'left') => contents.emit('before-mouse-event', {}, { type, button });
const key = (type: string, code: string, isAutoRepeat = false) =>
  contents.emit('before-input-event', {}, { type, code, isAutoRepeat });
const touch = (type: string) => contents.emit('input-event', {}, { type });

const isHeld = (press = gesture.take('hold')) => press?.isHeld() === true;

describe('a held press is taken', () => {
  test('once it has lasted 400 ms, and counts until it ends', () => {
    mouse('mouseDown');
    now += 399;
    expect(gesture.take('hold')).toBeUndefined();
    now += 1;
    const press = gesture.take('hold');
    now += 60_000;
    expect(isHeld(press)).toBe(true);
    mouse('mouseUp');
    expect(isHeld(press)).toBe(false);
  });

  test.for(['Space', 'Enter', 'NumpadEnter'])('by keyboard: %s', (code) => {
    key('keyDown', code);
    now += 200;
    key('keyDown', code, true);
    now += 200;
    const press = gesture.take('hold');
    expect(isHeld(press)).toBe(true);
    key('keyUp', code);
    expect(isHeld(press)).toBe(false);
  });

  test('by touch', () => {
    touch('touchStart');
    now += 400;
    const press = gesture.take('hold');
    expect(isHeld(press)).toBe(true);
    touch('touchCancel');
    expect(isHeld(press)).toBe(false);
  });

  test('from its own beginning: short presses do not add up', () => {
    for (let i = 0; i < 5; i++) {
      mouse('mouseDown');
      now += 300;
      expect(gesture.take('hold')).toBeUndefined();
      mouse('mouseUp');
    }
  });

  test('for one secret: whoever asks after that needs another press', () => {
    mouse('mouseDown');
    now += 500;
    expect(isHeld()).toBe(true);
    for (let i = 0; i < 5; i++) {
      expect(gesture.take('hold')).toBeUndefined();
      expect(gesture.take('click')).toBeUndefined();
    }
    mouse('mouseUp');
    expect(gesture.take('click')).toBeUndefined();
    mouse('mouseDown');
    now += 500;
    expect(isHeld()).toBe(true);
  });

  test('and the one that follows it does not keep it alive', () => {
    mouse('mouseDown');
    now += 500;
    const first = gesture.take('hold');
    mouse('mouseUp');
    mouse('mouseDown');
    now += 500;
    expect(isHeld(first)).toBe(false);
    expect(isHeld()).toBe(true);
  });
});

describe('a click is taken', () => {
  test('while it is down, and within a second after', () => {
    mouse('mouseDown');
    expect(gesture.take('click')).toBeDefined();
    mouse('mouseUp');
    mouse('mouseDown');
    mouse('mouseUp');
    now += 1000;
    expect(gesture.take('click')).toBeDefined();
    mouse('mouseDown');
    mouse('mouseUp');
    now += 1001;
    expect(gesture.take('click')).toBeUndefined();
  });

  test('once', () => {
    mouse('mouseDown');
    mouse('mouseUp');
    expect(gesture.take('click')).toBeDefined();
    expect(gesture.take('click')).toBeUndefined();
  });
});

test('presses are counted once each, however long they last', () => {
  mouse('mouseDown');
  mouse('mouseDown');
  mouse('mouseUp');
  mouse('mouseUp');
  key('keyDown', 'Space');
  key('keyDown', 'Space');
  touch('touchStart');
  touch('touchEnd');
  expect(gesture.count()).toBe(3);
});

test('of a touch that ended a click is left, and no hold', () => {
  touch('touchStart');
  now += 500;
  touch('touchEnd');
  expect(gesture.take('hold')).toBeUndefined();
  expect(gesture.take('click')).toBeDefined();
});

test('a press that goes on keeps its beginning', () => {
  mouse('mouseDown');
  now += 300;
  mouse('mouseDown');
  now += 100;
  expect(gesture.take('hold')).toBeDefined();
});

test('what ends without having begun is no press, and takes none away', () => {
  mouse('mouseDown');
  mouse('mouseUp');
  key('keyUp', 'Enter');
  touch('touchEnd');
  expect(gesture.take('click')).toBeDefined();
});

describe('no press is', () => {
  test.for(['right', 'middle'])('the %s mouse button', (button) => {
    mouse('mouseDown', button);
    now += 1000;
    expect(gesture.take('hold')).toBeUndefined();
  });

  test('another key', () => {
    key('keyDown', 'KeyR');
    now += 1000;
    expect(gesture.take('hold')).toBeUndefined();
  });

  test('a key whose repeats begin without a press, as after coming back to the window', () => {
    key('keyDown', 'Space', true);
    now += 1000;
    expect(gesture.take('hold')).toBeUndefined();
  });

  test('a pointer that only moves', () => {
    mouse('mouseMove');
    touch('touchMove');
    now += 1000;
    expect(gesture.take('hold')).toBeUndefined();
  });

  test.for(['blur', 'render-process-gone'])('one that began before %s', (event) => {
    mouse('mouseDown');
    key('keyDown', 'Enter');
    now += 1000;
    const press = gesture.take('hold');
    contents.emit(event);
    expect(isHeld(press)).toBe(false);
    expect(gesture.take('hold')).toBeUndefined();
    expect(gesture.take('click')).toBeUndefined();
  });
});
