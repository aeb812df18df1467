// Stand-ins for aws, gcloud, az, op and sops, as their documentation says that they behave, for the few commands that a hand-off needs. What they keep
// is a JSON file; what each was called with is noted beside it, since a secret must never be an argument.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const [, , program, keptPath, ...args] = process.argv;
const kept = existsSync(keptPath) ? JSON.parse(readFileSync(keptPath, 'utf8')) : {};
const keep = () => writeFileSync(keptPath, JSON.stringify(kept));
appendFileSync(`${keptPath}.calls`, `${JSON.stringify([program, ...args])}\n`);

function fail(message, status) {
  process.stderr.write(`${message}\n`);
  process.exit(status);
}
const print = (value) => process.stdout.write(`${JSON.stringify(value, null, 4)}\n`);

/** The words before the options, and the options; `several` take more than one value, `flags` none. */
function read({ options, several = [], flags = [] }, unknown) {
  const words = [];
  const found = {};
  for (let at = 0; at < args.length; at++) {
    const [name, ...rest] = args[at].startsWith('--') ? args[at].slice(2).split('=') : [];
    if (name === undefined) words.push(args[at]);
    else if (flags.includes(name)) found[name] = true;
    else if (several.includes(name)) {
      found[name] = [];
      while (args[at + 1] !== undefined && !args[at + 1].startsWith('--')) found[name].push(args[++at]);
    } else if (options.includes(name)) found[name] = rest.length > 0 ? rest.join('=') : args[++at];
    else unknown(name);
  }
  return { words: words.join(' '), ...found };
}

const programs = {
  aws() {
    const given = read({ options: ['secret-id', 'output', 'region', 'profile', 'secret-string'] }, (name) =>
      fail(`aws: [ERROR]: Unknown options: --${name}`, 252),
    );
    const secret = kept[given['secret-id']];
    const operation = given.words.endsWith('get-secret-value') ? 'GetSecretValue' : 'PutSecretValue';
    if (!secret) {
      fail(
        `\nAn error occurred (ResourceNotFoundException) when calling the ${operation} operation: Secrets Manager can't find the specified secret.`,
        254,
      );
    }
    const answer = {
      ARN: `arn:aws:secretsmanager:eu-west-1:1:secret:${given['secret-id']}`,
      Name: given['secret-id'],
    };
    if (given.words === 'secretsmanager get-secret-value')
      return print({
        ...answer,
        VersionId: String(secret.length),
        ...secret.at(-1),
        VersionStages: ['AWSCURRENT'],
      });
    if (given.words !== 'secretsmanager put-secret-value') fail('aws: [ERROR]: Invalid choice', 252);
    const text = given['secret-string'];
    secret.push({ SecretString: text.startsWith('file://') ? readFileSync(text.slice(7), 'utf8') : text });
    keep();
    return print({ ...answer, VersionId: String(secret.length), VersionStages: ['AWSCURRENT'] });
  },

  gcloud() {
    const given = read({ options: ['secret', 'project', 'data-file', 'format'], flags: ['quiet'] }, (name) =>
      fail(`ERROR: (gcloud) unrecognized arguments: --${name}`, 2),
    );
    const [group, of, verb, operand] = given.words.split(' ');
    if (group !== 'secrets' || of !== 'versions') fail('ERROR: (gcloud) Invalid choice', 2);
    const name = verb === 'access' ? given.secret : operand;
    const versions = kept[name];
    if (!versions)
      fail(
        `ERROR: (gcloud.secrets.versions.${verb}) NOT_FOUND: Secret [projects/1/secrets/${name}] not found.`,
        1,
      );
    if (verb === 'access') {
      const data = Buffer.from(versions.at(-1), 'utf8');
      const inBase64 = data.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
      return process.stdout.write(given.format === 'get(payload.data)' ? `${inBase64}\n` : data);
    }
    versions.push(readFileSync(given['data-file'] === '-' ? 0 : given['data-file'], 'utf8'));
    keep();
    return process.stderr.write(`Created version [${versions.length}] of the secret [${name}].\n`);
  },

  az() {
    const given = read(
      {
        options: [
          'vault-name',
          'name',
          'output',
          'file',
          'value',
          'encoding',
          'content-type',
          'expires',
          'not-before',
        ],
        several: ['tags'],
      },
      (name) => fail(`ERROR: unrecognized arguments: --${name}`, 2),
    );
    const versions = kept[`${given['vault-name']}/${given.name}`];
    const tagsOf = (list = []) =>
      Object.fromEntries(list.filter(Boolean).map((tag) => tag.split(/=(.*)/s).slice(0, 2)));
    const time = (text) => (text === undefined ? null : text.replace('Z', '+00:00'));
    const verb = given.words.replace('keyvault secret ', '');
    if (!versions && verb !== 'set')
      fail(
        `ERROR: (SecretNotFound) A secret with (name/id) ${given.name} was not found in this key vault.`,
        3,
      );
    if (verb === 'set') {
      const value = given.file === undefined ? given.value : readFileSync(given.file, 'utf8');
      // a new version begins with nothing but what is given here, and `--file` leaves a tag of its own
      const tags = {
        ...tagsOf(given.tags),
        ...(given.file !== undefined && { 'file-encoding': given.encoding ?? 'utf-8' }),
      };
      versions.push({
        value,
        tags,
        contentType: null,
        attributes: { enabled: true, expires: null, notBefore: null },
      });
    } else if (verb === 'set-attributes') {
      const last = versions.at(-1);
      if (given.tags !== undefined) last.tags = tagsOf(given.tags);
      if (given['content-type'] !== undefined) last.contentType = given['content-type'];
      if (given.expires !== undefined) last.attributes.expires = time(given.expires);
      if (given['not-before'] !== undefined) last.attributes.notBefore = time(given['not-before']);
    } else if (verb !== 'show') fail('ERROR: not in the command group', 2);
    keep();
    if (given.output !== 'none')
      print({ ...versions.at(-1), id: `https://${given['vault-name']}.vault.azure.net/x`, name: given.name });
    return undefined;
  },

  op() {
    const given = read({ options: ['vault', 'format', 'template'] }, (name) =>
      fail(`[ERROR] 2026/01/01 00:00:00 unknown flag: --${name}`, 1),
    );
    const [object, verb, ...words] = given.words.split(' ');
    const name = words.join(' ');
    const item = kept[`${given.vault}/${name}`];
    if (object !== 'item' || !item) {
      fail(
        `[ERROR] 2026/01/01 00:00:00 "${name}" isn't an item in the "${given.vault}" vault. Specify the item with its UUID, name, or domain.`,
        1,
      );
    }
    if (verb === 'edit') {
      const template = JSON.parse(readFileSync(0, 'utf8'));
      kept[`${given.vault}/${name}`] = {
        ...template,
        version: item.version + 1,
        updated_at: new Date().toISOString(),
      };
      keep();
    }
    return print(kept[`${given.vault}/${name}`]);
  },

  sops() {
    const given = read({ options: ['output-type', 'extract'], flags: ['value-stdin'] }, (name) =>
      fail(`flag provided but not defined: -${name}`, 1),
    );
    const [verb, ...operands] = args.filter((one) => !one.startsWith('--') && one !== given['output-type']);
    const firstOperand = args.indexOf(operands[0]);
    // its flags stand before the operands, or are operands themselves
    if (args.slice(firstOperand).some((one) => one.startsWith('--'))) fail('too many arguments', 100);
    const [path, index] = operands;
    const document = JSON.parse(readFileSync(path, 'utf8'));
    const open = (text) => Buffer.from(/data:([^,]*)/.exec(text)?.[1] ?? '', 'base64').toString('utf8');
    const seal = (text) =>
      `ENC[AES256_GCM,data:${Buffer.from(text).toString('base64')},iv:aXY=,tag:dGFn,type:str]`;
    const mapped = (node, by) =>
      typeof node === 'string'
        ? by(node)
        : Object.fromEntries(Object.entries(node).map(([key, value]) => [key, mapped(value, by)]));
    const { sops, ...values } = document;
    const clear = mapped(values, open);
    const macOf = (of) => seal(createHash('sha512').update(JSON.stringify(of)).digest('hex'));
    if (sops.mac !== macOf(clear)) fail('MAC mismatch. File has been tampered with', 51);
    if (verb === 'decrypt') return print(clear);
    if (verb !== 'set' || given['value-stdin'] !== true) fail('no such command', 1);
    const names = [...index.matchAll(/\[("(?:[^"\\]|\\.)*")\]/g)].map(([, name]) => JSON.parse(name));
    const last = names.pop();
    const value = JSON.parse(readFileSync(0, 'utf8'));
    let [sealedMap, clearMap] = [values, clear];
    for (const name of names) [sealedMap, clearMap] = [sealedMap[name], clearMap[name]];
    sealedMap[last] = seal(value);
    clearMap[last] = value;
    return writeFileSync(path, JSON.stringify({ ...values, sops: { ...sops, mac: macOf(clear) } }));
  },
};

programs[program]();

// another hand, which writes as soon as one of them has written
const meanwhile = `${keptPath}.meanwhile`;
if (
  existsSync(meanwhile) &&
  args.some((one) => /^(put-secret-value|add|set|set-attributes|edit)$/.test(one))
) {
  const { path, text } = JSON.parse(readFileSync(meanwhile, 'utf8'));
  writeFileSync(path, text);
  // of Azure the last step writes too
  if (!args.includes('set') || program !== 'az') rmSync(meanwhile);
}
