import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { JsonText } from '#handoff/vault/json-text';
import { kubernetesPatch, planKubernetesSecret } from '#handoff/kubernetes-secret';
import { planSystemdUnit } from '#handoff/systemd-unit';
import { readYaml, replaceAt } from '#handoff/yaml-places';
import { fresh, newKey, old, oldKey, third } from './keys.ts';

const plan = (text: string, choice = {}) =>
  planKubernetesSecret('ENCRYPTION_KEY', choice)(text, newKey, 'secret.yaml');
const refusal = (text: string, choice = {}) => {
  try {
    plan(text, choice);
  } catch (error) {
    const { message, remedy } = error as { message: string; remedy: string };
    return `${message} | ${remedy}`;
  }
  throw new Error('it was not refused');
};
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a Secret', () => {
  test('without a value is vacant, and one of a name without one is told so', () => {
    const change = plan('kind: Secret\nstringData: {ENCRYPTION_KEY: ""}\n');
    expect(change).toMatchObject({ vacant: true, holds: undefined, text: expect.stringContaining(fresh) });
    expect(change.diffMasked).toContain('line 2: Secret without a name, stringData.ENCRYPTION_KEY: ');
    expect(change).not.toHaveProperty('cautions');
    expect(
      plan(`kind: Secret\nmetadata: {name: 7}\nstringData: {ENCRYPTION_KEY: ${old}}\n`).diffMasked,
    ).toContain('Secret without a name');
  });

  test('that is immutable in a namespace is deleted there', () => {
    const text = `kind: Secret\nimmutable: true\nmetadata: {name: keys, namespace: prod}\nstringData: {ENCRYPTION_KEY: ${old}}\n`;
    const { cautions, diffMasked } = plan(text);
    expect(cautions?.[0]).toContain('kubectl delete secret keys --namespace prod');
    expect(diffMasked).toContain('Secret keys in prod, stringData');
    expect(plan(text.replace('true', 'false'))).not.toHaveProperty('cautions');
  });

  test('whose value names another place is left', () => {
    expect(refusal('kind: Secret\nstringData: {ENCRYPTION_KEY: "op://Ops/Ballast/key"}\n')).toContain(
      'line 2',
    );
  });

  test('with the same field twice is told by lines, and several by their names', () => {
    const twice = `kind: Secret\nmetadata: {name: a}\ndata: {ENCRYPTION_KEY: ${base64(old)}}\nstringData: {ENCRYPTION_KEY: ${old}}\n`;
    expect(refusal(twice)).toMatch(/in more than one place \(lines 3, 4\).*keep one of them/);
    const two = ['a', 'b'].map(
      (name) => `kind: Secret\nmetadata: {name: ${name}}\nstringData: {ENCRYPTION_KEY: ${old}}\n`,
    );
    expect(refusal(two.join('---\n'))).toMatch(/\(a on line 3, b on line 7\).*by its name and namespace/);
  });

  test('is looked for among Secrets only, by the name that was given', () => {
    const others = `kind: ConfigMap\nmetadata: {name: keys}\ndata: {ENCRYPTION_KEY: x}\n---\nkind: Secret\nmetadata: {name: keys}\n`;
    expect(refusal(others)).toMatch(/no Secret in it has the field ENCRYPTION_KEY.*that the pods read/);
    expect(refusal(others, { name: 'other' })).toContain('no Secret in it is other; there is keys |');
    expect(refusal('kind: ConfigMap\n', { name: 'other' })).toContain('it contains no Secret');
    const sealed = `kind: SealedSecret\nmetadata: {name: sealed}\n---\nkind: Secret\nmetadata: {name: keys}\nstringData: {ENCRYPTION_KEY: ${old}}\n`;
    expect(plan(sealed, { name: 'keys' }).holds).toBe(oldKey.fingerprint);
    expect(refusal(sealed, { name: 'sealed' })).toContain('SealedSecret');
  });

  test('in a list within a list is found, and what is no map there is passed over', () => {
    const text = `kind: List\nitems:\n- nothing\n- kind: List\n  items:\n  - kind: Secret\n    stringData: {ENCRYPTION_KEY: ${old}}\n`;
    expect(plan(text).text).toBe(text.replace(old, fresh));
    expect(refusal('kind: List\nitems: none\n')).toContain('it contains no Secret');
  });
});

describe('a generator', () => {
  const generator = (more: string, name = 'keys') =>
    `namespace: prod\nsecretGenerator:\n- name: ${name}\n${more}`;

  test('has the namespace of its file where it has none, and quotes around a literal stay', () => {
    const text = (key: string) => generator(`  literals:\n  - 'ENCRYPTION_KEY="${key}"'\n`);
    const change = plan(text(old), { name: 'keys', namespace: 'prod' });
    expect(change.holds).toBe(oldKey.fingerprint);
    expect(change.text).toContain(fresh);
    expect(change.diffMasked).toContain('Secret keys in prod, literals.ENCRYPTION_KEY');
    const own = `${text(old)}  namespace: dev\n`;
    expect(plan(own, { namespace: 'dev' }).holds).toBe(oldKey.fingerprint);
    expect(plan(generator(`  literals: [A=1, ENCRYPTION_KEYS=x, 7, ENCRYPTION_KEY=${old}]\n`)).holds).toBe(
      oldKey.fingerprint,
    );
  });

  test('names the files that it reads: one, several, and no others', () => {
    const files = generator('  env: one.env\n  envs: [two.env, 7]\n  files: [k=three]\n  type: Opaque\n');
    expect(refusal(files)).toMatch(/that the generator reads: two\.env, one\.env, k=three$/);
  });
});

test('a patch is a manifest of the field alone, with the key in base64', () => {
  const patch = kubernetesPatch('KEY', newKey);
  expect(parse(patch)).toEqual({ data: { KEY: base64(fresh) } });
  expect(patch).toMatch(/^# kubectl patch secret NAME .*contains the key\n/);
});

describe('YAML', () => {
  test('that is broken is told by its line, and a name that is there twice by that', () => {
    expect(() => readYaml('a: 1\nb: [\n', 'x.yaml')).toThrow(/line 3 is not valid YAML/);
    expect(() => readYaml('a: 1\nb: 2\na: 3\n', 'x.yaml')).toThrow(/appears twice in one map \(line 3\)/);
    expect(readYaml('', 'x.yaml').roots).toEqual([]);
    expect(readYaml('- a list\n', 'x.yaml').roots).toEqual([]);
  });

  test('begins after a byte order mark, whose three bytes count for places', () => {
    const text = '\u00EF\u00BB\u00BFa: "one"\nb: two\n';
    const { roots, placeOf } = readYaml(text, 'x.yaml');
    const places = ['a', 'b'].map((name) => placeOf(roots[0]?.map.get(name, true) as never));
    expect(places.map(({ start, end }) => text.slice(start, end))).toEqual(['"one"', 'two']);
    expect(places.map(({ line }) => line)).toEqual([1, 2]);
    expect(replaceAt(text, places, ({ value }) => value.toUpperCase(), 'x.yaml')).toBe(
      '\u00EF\u00BB\u00BFa: "ONE"\nb: TWO\n',
    );
  });

  test('with escapes, or a value that its source has twice, is left', () => {
    for (const source of ['"a\\x62c"', '|\n  a\n  b', '| # once a\n  a', '>- # a\n  a']) {
      const text = `k: ${source}\n`;
      const { roots, placeOf } = readYaml(text, 'x.yaml');
      const place = placeOf(roots[0]?.map.get('k', true) as never);
      expect(() => replaceAt(text, [place], () => 'new', 'x.yaml')).toThrow(/line 1 is written with escapes/);
    }
    const empty = (source: string) => {
      const text = `k:${source}\nl: 1\n`;
      const { roots, placeOf } = readYaml(text, 'x.yaml');
      return replaceAt(text, [placeOf(roots[0]?.map.get('k', true) as never)], () => 'new', 'x.yaml');
    };
    expect([empty(' ""'), empty(` ''`), empty('')]).toEqual([
      'k: "new"\nl: 1\n',
      `k: 'new'\nl: 1\n`,
      'k: new\nl: 1\n',
    ]);
  });
});

describe('a unit', () => {
  const unit = (list: string) =>
    planSystemdUnit('ENCRYPTION_KEY')(`[Service]\nEnvironment=${list}\n`, newKey, 'x.service');

  test.each([
    ['plain', 'A=1 ENCRYPTION_KEY=# B=2'],
    ['in double quotes', '"ENCRYPTION_KEY=#" B=2'],
    ['in single quotes after one of them', `'A=it is' 'ENCRYPTION_KEY=#'`],
    ['with its value quoted', `ENCRYPTION_KEY="#"`],
    ['with its value in single quotes', `A='x y' ENCRYPTION_KEY='#'`],
    ['after an escape', `'A=x\\'y' ENCRYPTION_KEY=#`],
    ['on a further line', 'A=1 \\\n  ENCRYPTION_KEY=#'],
  ])('that sets it %s gets the key there', (_, list) => {
    expect(unit(list.replace('#', old))).toMatchObject({
      text: `[Service]\nEnvironment=${list.replace('#', fresh)}\n`,
      holds: oldKey.fingerprint,
    });
  });

  test.each(['', '   ', ' \t'])('that takes back what was set before, by an empty list (%o)', (blank) => {
    const text = `[Service]\nEnvironment=ENCRYPTION_KEY=${third.toBase64()}\nEnvironment=${blank}\nEnvironment=ENCRYPTION_KEY=${old}\n`;
    expect(planSystemdUnit('ENCRYPTION_KEY')(text, newKey, 'x.service').holds).toBe(oldKey.fingerprint);
  });

  test('that takes back what was set before is given it where it counts', () => {
    const text = `[Service]\nEnvironment=ENCRYPTION_KEY=${third.toBase64()}\nEnvironment=\nEnvironment=ENCRYPTION_KEY=${old}\n`;
    expect(planSystemdUnit('ENCRYPTION_KEY')(text, newKey, 'x.service').text).toBe(text.replace(old, fresh));
  });
});

describe('JSON as text', () => {
  const json = new JsonText('{"a": {"b": [1, 1048576012345678901, "x"]}, "n": null}');

  test('keeps the spelling of what is not touched', () => {
    expect(json.at('a', 'b', 1)?.text).toBe('1048576012345678901');
    expect(json.withAt(['a', 'b', 2], 'y').text).toBe(json.text.replace('"x"', '"y"'));
    expect(json.with('n', undefined).text).not.toContain('"n"');
    expect(json.with('n', 'new').scalarAt('n')).toBe('new');
  });

  test('tells what is there, and nothing of what is not', () => {
    expect(json.fields()).toEqual(['a', 'n']);
    expect([json.isObject, new JsonText('[]').isObject, new JsonText('').isObject]).toEqual([
      true,
      false,
      false,
    ]);
    expect([json.scalarAt('a', 'b', 0), json.scalarAt('a', 'b', 2)]).toEqual([1, 'x']);
    expect([json.scalarAt('n'), json.scalarAt('a'), json.scalarAt('zzz')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(json.at('zzz')).toBeUndefined();
    expect(new JsonText('').at('a')).toBeUndefined();
    expect(new JsonText('').fields()).toEqual([]);
  });

  test.each([
    ['{"a": 1, "b": [2, 3]}', '{"b":[2,3],"a":1}', true],
    ['{"a": "\\u0041"}', '{"a": "A"}', true],
    ['{"a": 1}', '{"a": 1.0}', false],
    ['[1, 2]', '[2, 1]', false],
    ['[1, 2]', '[12]', false],
    ['{"a": null}', '{"a": "null"}', false],
    ['{"a": 1, "b": 2}', '{"a": 1}', false],
    ['', '', false],
    ['1', '', false],
    ['', '1', false],
  ])('holds the same or not: %s and %s: %s', (one, other, same) => {
    expect(new JsonText(one).equals(new JsonText(other))).toBe(same);
  });
});
