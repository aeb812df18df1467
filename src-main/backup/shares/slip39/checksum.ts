/** The numbers of the last three words for those before them: RS1024, which no three wrong words pass (SLIP-0039, “Checksum”). */
export function checksumOf(indices: readonly number[], isExtendable: boolean): number[] {
  const sum = residue([...indices, 0, 0, 0], isExtendable) ^ 1;
  return [(sum >> 20) & 1023, (sum >> 10) & 1023, sum & 1023];
}

/** Whether the last three words of a mnemonic fit the others. */
export function hasRightChecksum(indices: readonly number[]): boolean {
  const isExtendable = (((indices[1] ?? 0) >> 4) & 1) === 1;
  return residue(indices, isExtendable) === 1;
}

function residue(indices: readonly number[], isExtendable: boolean): number {
  let sum = isExtendable ? extendableStart : plainStart;
  for (let i = 0; i < indices.length; i++) sum = next(sum, indices[i] as number);
  return sum;
}

// a loop by number: this runs for every slip of the hand that is tried
function next(sum: number, value: number): number {
  const top = sum >> 20;
  let following = ((sum & 0xfffff) << 10) ^ value;
  for (let bit = 0; bit < 10; bit++) following ^= (generator[bit] as number) & -((top >> bit) & 1);
  return following;
}

const generator = [
  0xe0e040, 0x1c1c080, 0x3838100, 0x7070200, 0xe0e0009, 0x1c0c2412, 0x38086c24, 0x3090fc48, 0x21b1f890,
  0x3f3f120,
];
const plainStart = Buffer.from('shamir').reduce(next, 1);
const extendableStart = Buffer.from('shamir_extendable').reduce(next, 1);
