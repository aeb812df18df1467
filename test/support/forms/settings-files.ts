/** Files of settings in the manner of public projects. `@` stands for the key. */
export interface SettingsFile {
  readonly name: string;
  readonly text: string;
}

/** Files that set variables by line, as `.env` files do. */
export const environmentFiles: readonly SettingsFile[] = [
  ['bare', 'ENCRYPTION_KEY=@\n'],
  ['bare, no line end', 'ENCRYPTION_KEY=@'],
  ['double quotes', 'ENCRYPTION_KEY="@"\n'],
  ['single quotes', "ENCRYPTION_KEY='@'\n"],
  ['backticks', 'ENCRYPTION_KEY=`@`\n'],
  ['exported', 'export ENCRYPTION_KEY=@\nexport PORT=1\n'],
  ['exported and quoted', 'export ENCRYPTION_KEY="@"\n'],
  ['indented', '  ENCRYPTION_KEY=@\n'],
  ['indented by a tab', '\tENCRYPTION_KEY="@"\n'],
  ['blanks around the equals sign', 'ENCRYPTION_KEY = @\nPORT = 8080\n'],
  ['blank behind the equals sign', 'ENCRYPTION_KEY= @\n'],
  ['comment behind', 'ENCRYPTION_KEY=@ # openssl rand -base64 32\n'],
  ['comment behind quotes', 'ENCRYPTION_KEY="@" # keep safe\n'],
  ['comment with quotes behind', 'ENCRYPTION_KEY=@ # not "this"\n'],
  ['commented example before', '# ENCRYPTION_KEY=changeme\nENCRYPTION_KEY=@\n'],
  ['commented example behind', 'ENCRYPTION_KEY=@\n#ENCRYPTION_KEY=changeme\n'],
  ['Windows line ends', 'A=1\r\nENCRYPTION_KEY=@\r\nB=2\r\n'],
  ['byte order mark', '\uFEFFENCRYPTION_KEY=@\nB=1\n'],
  ['byte order mark before a comment', '\uFEFF# settings\nENCRYPTION_KEY=@\n'],
  ['letters of other languages', '# Größe, ключ, 鍵\nNAME="Straße"\nENCRYPTION_KEY=@\nEMOJI=🐍\n'],
  [
    'variables of like names',
    'OLD_ENCRYPTION_KEY=x\nENCRYPTION_KEY_ID=2\nENCRYPTION_KEY=@\nMY.ENCRYPTION_KEY=y\n',
  ],
  [
    'several lines of a certificate before',
    'CERT="-----BEGIN-----\nMIIB=\n-----END-----"\nENCRYPTION_KEY=@\n',
  ],
  [
    'several lines of a certificate behind',
    'ENCRYPTION_KEY=@\nCERT="-----BEGIN-----\nMIIB=\n-----END-----"\n',
  ],
  ['JSON beside', `FLAGS='{"a": "b#c"}'\nENCRYPTION_KEY=@\n`],
  ['an apostrophe beside', "TITLE=O'Brien\nENCRYPTION_KEY=@\n"],
  [
    'dollar signs beside',
    'PASSWORD=pa$$word\nHOST=db\nDATABASE_URL=postgres://u:p@${HOST}/x\nENCRYPTION_KEY=@\n',
  ],
  ['empty values beside', 'A=\nB=""\nENCRYPTION_KEY=@\nC=\n'],
  ['a heading of sections', '###########\n# Security #\n###########\nENCRYPTION_KEY=@\n\n\n# Mail\nSMTP=x\n'],
  ['blank lines at the end', 'ENCRYPTION_KEY=@\n\n\n'],
  ['a colon', 'POSTGRES_DB: ballast\nENCRYPTION_KEY: @\n'],
  ['a colon and quotes', 'ENCRYPTION_KEY: "@"\n'],
  ['set twice', 'ENCRYPTION_KEY=@\nENCRYPTION_KEY=@\n'],
  ['set twice, differently', 'ENCRYPTION_KEY=@\nENCRYPTION_KEY=other\n'],
  ['equals sign, then colon', 'ENCRYPTION_KEY=@\nENCRYPTION_KEY: @\n'],
  ['taken from another variable', 'MASTER=@\nENCRYPTION_KEY=${MASTER}\n'],
  ['taken from another variable, no braces', 'MASTER=@\nENCRYPTION_KEY=$MASTER\n'],
  ['within the quotes of another', 'NOTE="was\nENCRYPTION_KEY=@\n"\n'],
  ['a quote that is not closed', 'ENCRYPTION_KEY="@\nA=1\n'],
  ['a quote on the next line', 'ENCRYPTION_KEY=\n"@"\n'],
  ['a line that goes on', 'ENCRYPTION_KEY=\\\n@\n'],
].map(([name = '', text = '']) => ({ name, text }));

const service = (environment: string) =>
  `services:\n  api:\n    image: ballast:1\n    environment:\n${environment}`;

/** Compose files. */
export const composeFiles: readonly SettingsFile[] = [
  ['a map', service('      ENCRYPTION_KEY: @\n      LOG: info\n')],
  ['a map with quotes', service('      ENCRYPTION_KEY: "@"\n')],
  ['a map with single quotes and a comment', service("      ENCRYPTION_KEY: '@' # secret\n")],
  ['a list', service('      - LOG=info\n      - ENCRYPTION_KEY=@\n')],
  ['a list with quotes', service('      - "ENCRYPTION_KEY=@"\n')],
  ['a flow map', 'services:\n  api: {image: "b:1", environment: {ENCRYPTION_KEY: "@", A: "1"}}\n'],
  ['a folded block', service('      ENCRYPTION_KEY: >-\n        @\n      A: b\n')],
  ['a literal block', service('      ENCRYPTION_KEY: |-\n        @\n')],
  ['a quoted name', service('      "ENCRYPTION_KEY": @\n')],
  [
    'an anchor for a map',
    `x-env: &env\n  ENCRYPTION_KEY: @\nservices:\n  api: {image: "b:1", environment: *env}\n`,
  ],
  [
    'a merge key',
    `x-env: &env\n  ENCRYPTION_KEY: @\nservices:\n  api:\n    image: b:1\n    environment:\n      <<: *env\n      A: b\n`,
  ],
  [
    'a list of merge keys',
    `x-a: &a\n  A: b\nx-env: &env\n  ENCRYPTION_KEY: @\nservices:\n  api:\n    image: b:1\n    environment:\n      <<: [*a, *env]\n`,
  ],
  [
    'an anchor for the value',
    `x-keys:\n  one: &key "@"\nservices:\n  api:\n    image: b:1\n    environment:\n      ENCRYPTION_KEY: *key\n`,
  ],
  [
    'an anchor in place',
    `services:\n  api:\n    image: b:1\n    environment:\n      ENCRYPTION_KEY: &key "@"\n  w:\n    image: b:1\n    environment:\n      ENCRYPTION_KEY: *key\n`,
  ],
  [
    'a merged service',
    `x-s: &s\n  image: b:1\n  environment:\n    ENCRYPTION_KEY: @\nservices:\n  api:\n    <<: *s\n    ports: ["1:1"]\n`,
  ],
  [
    'two services, a map and a list',
    `services:\n  api:\n    image: b:1\n    environment: {ENCRYPTION_KEY: "@"}\n  w:\n    image: b:1\n    environment: [ENCRYPTION_KEY=@]\n`,
  ],
  ['Windows line ends', service('      ENCRYPTION_KEY: "@"\n').replaceAll('\n', '\r\n')],
  ['letters of other languages', `# Größe 鍵 🐍\n${service('      ENCRYPTION_KEY: "@"\n      N: Straße\n')}`],
  ['a document start', `---\n${service('      ENCRYPTION_KEY: "@"\n')}`],
  ['a value with escapes', service('      ENCRYPTION_KEY: "\\x40@"\n')],
  ['a bare name', service('      - ENCRYPTION_KEY\n')],
  ['a reference with a default', service('      ENCRYPTION_KEY: ${ENCRYPTION_KEY:-@}\n')],
].map(([name = '', text = '']) => ({ name, text }));

const unit = (settings: string) =>
  `[Unit]\nDescription=Ballast\n\n[Service]\nExecStart=/usr/bin/true\n${settings}`;

/** Units of systemd. */
export const unitFiles: readonly SettingsFile[] = [
  ['bare', unit('Environment=ENCRYPTION_KEY=@\n')],
  ['quoted as a whole', unit('Environment="ENCRYPTION_KEY=@"\n')],
  ['single quotes', unit("Environment='ENCRYPTION_KEY=@'\n")],
  ['the value quoted', unit('Environment=ENCRYPTION_KEY="@"\n')],
  ['several on a line', unit('Environment=PORT=8080 "ENCRYPTION_KEY=@" LOG=info\n')],
  ['several settings', unit('Environment=PORT=8080\nEnvironment=ENCRYPTION_KEY=@\nEnvironment=LOG=info\n')],
  ['a line that goes on', unit('Environment=PORT=8080 \\\n  ENCRYPTION_KEY=@ \\\n  LOG=info\n')],
  ['a comment within', unit('# Environment=ENCRYPTION_KEY=old\n; another\nEnvironment=ENCRYPTION_KEY=@\n')],
  ['taken back before', unit('Environment=ENCRYPTION_KEY=x\nEnvironment=\nEnvironment=ENCRYPTION_KEY=@\n')],
  ['blanks around the equals sign', unit('Environment = ENCRYPTION_KEY=@\n')],
  [
    'a variable of a like name',
    unit('Environment=OLD_ENCRYPTION_KEY=x ENCRYPTION_KEY=@ ENCRYPTION_KEY_ID=2\n'),
  ],
  ['set twice', unit('Environment=ENCRYPTION_KEY=x\nEnvironment=ENCRYPTION_KEY=@\n')],
].map(([name = '', text = '']) => ({ name, text }));

const secret = (rest: string) => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ballast\n${rest}`;

/** Manifests of a Kubernetes Secret. `%` stands for base64 of the key's text. */
export const manifestFiles: readonly SettingsFile[] = [
  ['data', secret('type: Opaque\ndata:\n  ENCRYPTION_KEY: %\n  PORT: ODA=\n')],
  ['data with quotes and a comment', secret('data:\n  ENCRYPTION_KEY: "%" # base64\n')],
  ['stringData', secret('stringData:\n  LOG: info\n  ENCRYPTION_KEY: @\n')],
  ['stringData as a block', secret('stringData:\n  ENCRYPTION_KEY: |-\n    @\n')],
  ['a flow map', 'apiVersion: v1\nkind: Secret\nmetadata: {name: ballast}\ndata: {ENCRYPTION_KEY: "%"}\n'],
  [
    'JSON',
    '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"ballast"},"data":{"ENCRYPTION_KEY":"%"}}\n',
  ],
  [
    'with a Deployment',
    `${secret('data:\n  ENCRYPTION_KEY: %\n')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {A: b}\n`,
  ],
  ['Windows line ends', secret('data:\n  ENCRYPTION_KEY: %\n').replaceAll('\n', '\r\n')],
].map(([name = '', text = '']) => ({ name, text }));
