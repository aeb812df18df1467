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

describe('a press counts as a gesture', () => {
  test('once it has lasted 400 ms, and until it ends', () => {
    mouse('mouseDown');
    now += 399;
    expect(gesture.isHeld()).toBe(false);
    now += 1;
    expect(gesture.isHeld()).toBe(true);
    now += 60_000;
    expect(gesture.isHeld()).toBe(true);
    mouse('mouseUp');
    expect(gesture.isHeld()).toBe(false);
  });

  test.for(['Space', 'Enter', 'NumpadEnter'])('by keyboard: %s', (code) => {
    key('keyDown', code);
    now += 200;
    key('keyDown', code, true);
    now += 200;
    expect(gesture.isHeld()).toBe(true);
    key('keyUp', code);
    expect(gesture.isHeld()).toBe(false);
  });

  test('by touch', () => {
    touch('touchStart');
    now += 400;
    expect(gesture.isHeld()).toBe(true);
    touch('touchCancel');
    expect(gesture.isHeld()).toBe(false);
  });

  test('from its own beginning: short presses do not add up', () => {
    for (let i = 0; i < 5; i++) {
      mouse('mouseDown');
      now += 300;
      expect(gesture.isHeld()).toBe(false);
      mouse('mouseUp');
    }
  });

  test('while one of two things is still held', () => {
    mouse('mouseDown');
    key('keyDown', 'Space');
    now += 400;
    mouse('mouseUp');
    expect(gesture.isHeld()).toBe(true);
  });
});

describe('no gesture is', () => {
  test.for(['right', 'middle'])('the %s mouse button', (button) => {
    mouse('mouseDown', button);
    now += 1000;
    expect(gesture.isHeld()).toBe(false);
  });

  test('another key', () => {
    key('keyDown', 'KeyR');
    now += 1000;
    expect(gesture.isHeld()).toBe(false);
  });

  test('a key whose repeats begin without a press, as after coming back to the window', () => {
    key('keyDown', 'Space', true);
    now += 1000;
    expect(gesture.isHeld()).toBe(false);
  });

  test('a pointer that only moves', () => {
    mouse('mouseMove');
    touch('touchMove');
    now += 1000;
    expect(gesture.isHeld()).toBe(false);
  });

  test.for(['blur', 'render-process-gone'])('one that began before %s', (event) => {
    mouse('mouseDown');
    key('keyDown', 'Enter');
    now += 1000;
    contents.emit(event);
    expect(gesture.isHeld()).toBe(false);
  });
});
