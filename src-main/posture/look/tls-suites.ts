/** Cipher suites by kind, by their numbers in IANA's registry; those above 0xfe00 and below 0x0100 in 0xff are of before it. */
function suites(numbers: string): readonly number[] {
  return numbers.split(/\s+/).map((number) => Number.parseInt(number, 16));
}

const rsaRc4 = suites('0004 0005 0020 0024 0066 008a 008e 0092 c002 c007 c00c c011 c033');
const des = suites('0009 000c 000f 0012 0015 001e 0022 fefe ffe1');
const tripleDes = suites(
  '000a 000d 0010 0013 0016 001f 0023 008b 008f 0093 c003 c008 c00d c012 c01a c01b c01c c034 feff ffe0',
);
const exported = suites(
  '0003 0006 0008 000b 000e 0011 0014 0017 0019 0026 0027 0028 0029 002a 002b 0060 0061 0062 0063 0064 0065',
);
const withoutEncryption = suites(
  '0001 0002 003b 002c 002d 002e 00b0 00b1 00b4 00b5 00b8 00b9 c001 c006 c00b c010 c039 c03a c03b',
);
const withoutAuthentication = suites(
  '0018 001a 001b 0034 003a 0046 006c 006d 0089 009b 00a6 00a7 00bf 00c5 c015 c016 c017 c018 c019 c046 c047 c05a c05b c084 c085',
);

/** What nobody should use, by what it is called. */
export const weakSuites: Readonly<Record<string, readonly number[]>> = {
  'without encryption': withoutEncryption,
  'without authentication': withoutAuthentication,
  'of export strength': exported,
  RC4: rsaRc4,
  DES: des,
  'triple DES': tripleDes,
  IDEA: suites('0007 0021 0025'),
};

/** Suites whose key exchange is made anew for each session, over a finite field. */
export const dheSuites = suites(
  '009e 009f ccaa 0067 006b 0033 0039 0040 006a 0032 0038 00a2 00a3 c09e c09f c0a2 c0a3 0045 0088 00be 00c4 009a c052 c053 c07c c07d 0044 0087 0016 0013 0015 0012',
);

/** The same over an elliptic curve. */
export const ecdheSuites = suites(
  'c02b c02c c02f c030 cca8 cca9 c023 c024 c027 c028 c009 c00a c013 c014 c0ac c0ad c0ae c0af c072 c073 c076 c077 c086 c087 c08a c08b c05c c05d c060 c061 c008 c012 c007 c011',
);

/** Those in which the server sends its group's prime. */
export const finiteFieldSuites: ReadonlySet<number> = new Set([
  ...dheSuites,
  ...suites(
    '0011 0014 0017 0018 0019 001a 001b 0034 003a 0046 006c 006d 0089 009b 00a6 00a7 00bf 00c5 0063 0065 0066',
  ),
]);

/** What a server of before TLS 1.2 may know, for a greeting in such a version. */
export const oldSuites: readonly number[] = [
  ...suites(
    'c00a c014 0039 0038 0035 c009 c013 0033 0032 002f c005 c00f c004 c00e 0041 0045 0084 0088 0096 009a',
  ),
  ...tripleDes,
  ...rsaRc4,
  ...des,
  ...exported,
  ...suites('0007'),
  ...suites('0001 0002 003b c006 c010'),
  ...suites('0018 001b 0034 003a c018 c019'),
];
