/** For each command, as it stands in `command-list.ts`, how one types it. Its help shows them. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  demo: ['keel demo', 'keel demo --rows 5000', 'keel demo --application n8n'],
  status: ['keel status', 'keel status --env acme --json'],
  doctor: ['keel doctor'],
  'key generate': [
    'keel key generate --env acme',
    'keel key generate --out new.key',
    'keel key generate --application n8n --like-file n8n.key --out new.key',
  ],
  'key import': [
    'keel key import --env acme --key-file ballast.key',
    'keel key import --env acme --key-env ENCRYPTION_KEY',
  ],
  'key inspect': [
    'keel key inspect --key-file ballast.key',
    'printenv ENCRYPTION_KEY | keel key inspect --stdin',
    'keel key inspect --application langfuse --key-env ENCRYPTION_KEY',
  ],
  'key list': ['keel key list', 'keel key list --env acme'],
  'key dumps': ['keel key dumps --env acme --none-before 2026-11-01T00:00:00Z'],
  'key destroy': ['keel key destroy --env acme --fingerprint 1387-63b6-a48b-6854'],
  'env add': [
    'keel env add acme --database postgres://ballast@db.example.org/ballast --production',
    'keel env add acme --database postgres://ballast@db.example.org/ballast --keep-keys-in sealed-file',
  ],
  'env list': ['keel env list'],
  'env show': ['keel env show acme'],
  'env update': [
    'keel env update acme --inventory inventory.json',
    'keel env update acme --colour red --production',
  ],
  'env rename': ['keel env rename acme acme-production'],
  'env remove': ['keel env remove acme'],
  'backup create': [
    'keel backup create --env acme --out key.age --generate-passphrase',
    'keel backup create --env acme --format shares --threshold 2 --holder Ada --holder Grace --holder Edsger --out shares',
    'keel backup create --key-file ballast.key --format words --out words.txt',
  ],
  'backup drill': [
    'keel backup drill --artefact key.age --passphrase-file passphrase --expect 1387-63b6-a48b-6854',
  ],
  'backup prove': [
    'keel backup prove --env acme --artefact key.age --passphrase-file passphrase',
    'keel backup prove --artefact key.age words.txt --dump nightly.sql',
  ],
  'backup restore': [
    'keel backup restore --env acme --artefact key.age --passphrase-file passphrase',
    'keel backup restore --artefact share-1.txt share-2.txt --out restored.key --expect 1387-63b6-a48b-6854',
  ],
  'backup sheet': [
    'keel backup sheet --env acme --out sheet.pdf --server ballast-1.example.org --contact ada@example.org',
  ],
  'share list': ['keel share list --env acme'],
  'share prove': ['keel share prove --env acme --artefact share-1.txt'],
  'share ask': ['keel share ask --env acme --set 3f2a --holder Ada'],
  'share answer': [
    'keel share answer --artefact share-1.txt --question keel-share-question:3f2a:1:UmFuZG9tQnl0ZXNIZXJlIQ',
  ],
  'share accept': [
    'keel share accept --env acme --answer keel-share-answer:3f2a:1:c2lnbmF0dXJl-OF-THE-QUESTION-UNDER-THE-KEY-THAT-THE-WORDS-OF-THE-SHARE-DERIVE-AND-NO-MORE',
  ],
  'share mark': [
    'keel share mark --env acme --set 3f2a --counts',
    'keel share mark --env acme --set 77c0 --void --reason retired',
  ],
  'audit show': ['keel audit show --env acme --limit 20'],
  'audit verify': ['keel audit verify'],
  'audit export': ['keel audit export --out activity.csv'],
  applications: ['keel applications'],
  leftovers: ['keel leftovers --env acme'],
  discover: [
    'keel discover --env acme --key-file ballast.key --out inventory.json',
    'keel discover --database postgres://ballast@db.example.org/ballast',
  ],
  prove: ['keel prove --env acme', 'keel prove --env acme --inventory inventory.json --key-file ballast.key'],
  census: [
    'keel census --env acme',
    'keel census --file nightly.sql --key-file old.key --inventory inventory.json',
  ],
  rotate: [
    'keel rotate --env acme --rehearse',
    'keel rotate --env acme',
    'keel rotate --env acme --lock-timeout 30000 --yes',
    'keel rotate --env acme --portable --rehearse',
  ],
  recover: ['keel recover --env acme', 'keel recover --env acme --yes'],
  undo: ['keel undo --env acme --rehearse', 'keel undo --env acme'],
  sweep: ['keel sweep --env acme', 'keel sweep --env acme --rewrite'],
  'handoff apply': [
    'keel handoff apply --env acme --env-file /srv/ballast/.env --preview',
    'keel handoff apply --env acme --compose compose.yaml --service api',
    'keel handoff apply --env acme --vault https://vault.example.org --secret-path ballast/prod',
    'keel handoff apply --env acme --values values.yaml --value-path ballast.encryptionKey',
    'keel handoff apply --env acme --aws-secret prod/ballast --field ENCRYPTION_KEY',
  ],
  'handoff undo': ['keel handoff undo --env acme --env-file /srv/ballast/.env'],
  'handoff running': ['keel handoff running --env acme'],
  'fleet prove': [
    "keel fleet prove --env acme --like 'tenant_%'",
    "keel fleet prove --env acme --like 'tenant_%' --servers servers.txt",
  ],
  'fleet census': ['keel fleet census --env acme'],
  'fleet posture': ["keel fleet posture --env acme --like 'tenant_%'"],
  'fleet rotate': ["keel fleet rotate --env acme --like 'tenant_%' --concurrency 4"],
  'fleet status': ['keel fleet status --env acme'],
  'fleet undo': ['keel fleet undo --env acme'],
  'fleet sweep': ['keel fleet sweep --env acme'],
  'fleet recover': ['keel fleet recover --env acme'],
  'fleet give-up': [
    'keel fleet give-up tenant_17 --env acme',
    'keel fleet give-up tenant_17 --env acme --withdraw',
  ],
  'connections test': [
    'keel connections test --env acme',
    'keel connections test --env acme --only public.sources',
  ],
  'credentials list': ['keel credentials list --env acme --search stripe'],
  'credentials show': ['keel credentials show --env acme --column public.sources.credentials --row id=17'],
  'credentials replace': [
    'keel credentials replace --env acme --column public.sources.credentials --row id=17 --field password --value-file new-password',
  ],
  'credentials export': [
    'keel credentials export --env acme --out credentials.age --archive-passphrase-file passphrase',
  ],
  'credentials verify': [
    'keel credentials verify --env acme --archive credentials.age --archive-passphrase-file passphrase',
  ],
  'credentials import': [
    'keel credentials import --env acme --archive credentials.age --archive-passphrase-file passphrase --rehearse',
  ],
  'api-key list': ['keel api-key list --env acme'],
  'api-key create': ['keel api-key create --env acme --name backups --expires 2027-06-30 --out backups.key'],
  'api-key verify': ['keel api-key verify --env acme --api-key-file backups.key'],
  'api-key revoke': ['keel api-key revoke --env acme --name backups'],
  'api-key replace': ['keel api-key replace --env acme --name backups --out backups.key'],
  'api-key find': ['keel api-key find --env acme'],
  posture: [
    'keel posture --env acme --api https://ballast.example.org --report posture.html',
    'keel posture --env acme --key-file-at /srv/ballast/.env',
    'keel posture --env acme --fail-on warn --report posture.sarif --report posture.xml',
  ],
  completion: ['source <(keel completion bash)'],
  manual: ['keel manual rotate | man -l -', 'keel manual --out ~/.local/share/man/man1'],
};

/** The end of a command's help. */
export function examplesInHelp(path: string): string {
  return `\nExamples:\n${(examples[path] ?? []).map((example) => `  ${example}`).join('\n')}`;
}
