// The frontend's half of the PostgreSQL protocol, cut into its messages.

/** Takes chunks, gives whole messages: their bytes, and the text of a simple query or of what is parsed. */
export function wholeMessages() {
  let rest = Buffer.alloc(0);
  let hasStarted = false;
  return function* take(chunk) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      // the first message of a connection has no type
      const head = hasStarted ? 1 : 0;
      if (rest.length < head + 4) return;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return;
      const bytes = rest.subarray(0, length);
      rest = rest.subarray(length);
      yield { bytes, text: hasStarted ? textOf(bytes) : '' };
      hasStarted = true;
    }
  };
}

function textOf(bytes) {
  const type = String.fromCharCode(bytes[0]);
  if (type === 'Q') return bytes.toString('utf8', 5, bytes.length - 1);
  if (type !== 'P') return type;
  const name = bytes.indexOf(0, 5);
  return bytes.toString('utf8', name + 1, bytes.indexOf(0, name + 1));
}
