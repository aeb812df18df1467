import type { ColumnKind } from './table-facts.ts';

/*
 * What a name says of the state of a key. Only whole names that are understood word by word decide anything; a name with a word of a
 * state in it that is not understood leaves the state open, and so does one that is not known to say nothing of a state.
 */

/** How a column speaks of the state of a key, by its name. */
export type Sense =
  /** Set, it speaks against the key: `revoked`, `deleted_at`. */
  | 'against'
  /** Anything in it speaks against the key: `revoked_by`, `revocation_reason`. */
  | 'trace'
  /** Set, it speaks for the key: `is_active`. */
  | 'for'
  /** Set, it speaks for the key; not set, the key may still be waiting: `approved_at`. */
  | 'granted'
  | 'state'
  | 'expiry'
  | 'start'
  /** From when it counts, and in which unit, no cell says: `ttl`. */
  | 'lifetime'
  | 'left'
  /** So often it may be used; how often it was, another column may say: `max_uses`. */
  | 'limit'
  /** Set, it says something that only the application can read: `flags`. */
  | 'mark'
  /** Nothing shows what it says: `quux`. */
  | 'unknown'
  /** Of no state by its name; what it contains may be. */
  | 'content';

/** Each word of an end, after it its other forms. */
const endings = [
  'revoked revoke revokes revoking revocation',
  'deleted delete deletes deleting deletion del',
  'disabled disable disables disabling disablement',
  'deactivated deactivate deactivates deactivation deactive',
  'blocked block blocks blocking',
  'banned ban bans banning',
  'suspended suspend suspends suspension',
  'archived archive archives archival',
  'removed remove removes removal',
  'retired retire retires retirement',
  'withdrawn withdraw withdrawal',
  'cancelled canceled cancel cancels cancellation cancelation',
  'invalidated invalidate invalidation',
  'terminated terminate terminates termination',
  'locked lock locks',
  'frozen freeze freezes',
  'closed close closes closure',
  'replaced replace replacement',
  'superseded supersede supersedes',
  'destroyed destroy destroys destruction',
  'purged purge purges',
  'trashed trash trashes',
  'voided void voids',
  'paused pause pauses',
  'killed kill kills',
  'denied deny denies denial',
  'rejected reject rejects rejection',
  'quarantined quarantine',
  'stopped stop stops',
  'compromised compromise',
  'leaked leak',
  'tombstoned tombstone tombstones',
  'discarded discard',
  'decommissioned decommission',
  'forbidden forbid forbids',
  'disallowed disallow disallows',
  'dropped drop',
  'erased erase erasure',
  'abandoned',
  'ended',
  'inactive',
  'invalid',
  'obsolete',
  'dead',
  'expired',
  'unusable',
  'gone',
].map((forms) => forms.split(' '));
const canonical = new Map(
  endings.flatMap(([word, ...others]) => others.map((other) => [other, word ?? other])),
);
const over = endings.map(([word]) => word).join('|');
const good = 'active|enabled|enable|valid|live|usable|ok|allow|operational|working';

/** Words that are no end, and after which a key need not work: set, they leave its state open. */
const doubts = 'hold|held|onhold|rotated?|rotation|deprecat(ed?|ion)|killswitch';

/** Whether a value is the word of an end: `revoked`, `Soft-Deleted`. Not its verb, which is something that a key may do: `delete`. */
export function saysOver(value: string): boolean {
  return isOver.test(inSnakeCase(value.trim().slice(0, 80)).replace(/[\s-]+/g, '_'));
}

/** Whether a value is the word of a key in use. */
export function saysInUse(value: string): boolean {
  return /^(active|enabled|valid|live|ok|current|usable|in[ _-]?use)$/i.test(value);
}

const isOver = new RegExp(`^((is|was|key|soft)_)*(${over}|canceled)$`);

const times = '(_(at|on|time|date|datetime|ts|timestamp|utc|ms|millis|epoch|unix|since|when))*';
const things =
  'ips?|cidrs?|origins?|domains?|hosts?|countries|regions?|referr?ers?|models?|paths?|urls?|routes?|endpoints?|methods?|tools?|scopes?|permissions?|events?|actions?|operations?|networks?|requests|attempts|calls|counts?|resources?|features?|roles?|grants?|types?|services?|apis';
const against = new RegExp(`^(?:(?:date|time|when|soft)_)?(${over})${times}(_flag)?$`);
const trace = new RegExp(
  `^(${over}|expiry)_(by|reasons?|comment|note|notes|user|actor|cause|from|ip|key|details?)(_(id|uuid|code|text|user|at))*$`,
);
const anyOver = new RegExp(`(^|_)(${over}|${doubts})(_|$)`);
const anyGood = new RegExp(`(^|_)(${good}|allowed)(_|$)`);
const aboutThings = new RegExp(
  `^(${over}|${good}|allowed|whitelisted|permitted)_((ip|api|http|source|user)_)?(${things}|addresses|ranges|list)$`,
);
const features =
  /^(rate_limit(ing|er)?|refill|auto_refill|web_?hooks?|logging|logs|audit|caching|cache|two_factor|mfa|otp|totp|sso|notifications?|alerts?|emails?|metrics|debug|tracing|streaming|ip_(restrictions?|filter(ing)?|whitelist)|analytics|beta|budget|usage_tracking|cors)_(enabled|enable|active|allowed)$/;

/** Times, and who it was, of what every row may go through. */
const harmlessEvent =
  /^((when|date|time|datetime)_)?((first|last|latest|next|previous|recently|most|recent)_)*(creat(ed|ion|e)|insert(ed)?|issu(ed|ance|e)|generat(ed|ion)|updat(ed|e)|modif(ied|ication|y)|chang(ed|e)|edit(ed)?|import(ed)?|regist(ered|ration)|sync(ed|hronized)?|refresh(ed)?|reset|refill|access(ed)?|add(ed)?|saved?|us(ed|e|age)|seen|view(ed)?|shown|check(ed)?|copied|granted|touch(ed)?|request(ed)?|login|logged_in|call(ed)?|hit|auth(enticated)?|ping|activity|invocation|notif(ied|ication)|warn(ed|ing)?|remind(ed|er)|alert(ed)?|sent|displayed|uploaded|recorded)(_(at|on|in|time|date|datetime|ts|timestamp|utc|ms|millis|epoch|unix|by|from|ip|ips|address|agent|user|id|uuid|name|email|host|hostname|location|country|city|region|path|endpoint|method|count|sent|ago|via|source|day|month|on_ip))*$|^last_active(_(at|on|time|date|ip))*$|^(ts|timestamp|date|time|ctime|mtime|atime|datetime)$/;
const besideExpiry = /(^|_)(notif\w*|warn\w*|remind\w*|alert\w*|e?mails?|sent|message|policy)(_|$)/;

/** The last word of a name that says nothing of a state, whatever stands before it. */
const harmlessHeads = new Set(
  `id ids uuid guid ulid oid number name names label labels title description desc summary note notes comment comments remark remarks purpose
  prefix suffix hint masked preview last4 four chars characters hash hashes digest checksum salt iv nonce secret ciphertext encrypted signature fingerprint
  algorithm algo cost rounds scope scopes scoped permission permissions privilege privileges grant grants role roles capability capabilities abilities ability
  access_level claims audience aud issuer iss sub subject
  user users username owner owners org orgs organisation organization organizations workspace tenant project projects team teams account customer client company app
  application service services environment env site member membership creator author admin person profile principal agent bot device integration domain
  domains store shop folder namespace region regions zone country city parent group groups plan tier department cluster host hosts hostname instance
  ip ips cidr cidrs address addresses inet agent_string ua origin origins referer referrer referers referrers url urls uri uris path paths route routes endpoint
  endpoints method methods email mail phone contact
  count counts counter total totals hits requests calls usage uses bytes tokens amount quota quotas rate rpm rps rpd tpm tpd budget spend spent price currency balance burst window
  interval concurrency threshold period ratelimit
  metadata meta data attributes attrs properties props config configuration settings options preferences extra extras info details context payload json tags
  tag keywords color colour icon avatar image locale lang language timezone tz
  type types kind category class mode source channel version revision etag lock_version order position sort sequence seq index weight priority
  provider vendor platform model models product products feature features collection collections resource resources bucket database schema table
  whitelist allowlist webhook webhooks callback format encoding length size entropy external reference ref slug handle alias code display text key token kid public value
  restrictions limits headers ip_address policy policies rules conditions request_id trace_id`.split(/\s+/),
);
const harmlessNames =
  /^((rate|ratelimit|throttle|quota|burst|refill|budget|spend|usage)_\w+|(max|min|daily|hourly|monthly|weekly|yearly|total|soft|hard|default|per)_(\w+_)?(requests?|calls|tokens|budget|spend|rate|rpm|tpm|quota|concurrency|parallel|connections|cost|amount|limit|usage|minute|hour|day|month)(_\w+)?|(request|requests|call|calls|token|tokens|credit|cost|hourly|daily|monthly|minute|hour|day)_(limit|per_\w+)|limit_per_\w+|limit|limits|rpm_limit|tpm_limit|start|prefix_\w+|access|access_level|last_four|last_4|last_\d+(_chars)?|first_\d+(_chars)?|first_chars|user_agent|created_via|xmin)$/;
const harmlessFlags =
  /^(admin|superuser|super_admin|root|staff|default|primary|main|test|testing|test_mode|testmode|live_mode|livemode|sandbox|production|public|private|internal|external|personal|shared|system|global|service|service_account|bot|machine|managed|read_only|readonly|write|writable|read|read_write|full_access|unlimited|wildcard|all|all_\w+|favou?rite|pinned|starred|hidden|visible|listed|unique|hashed|encrypted|masked|shown|seen|copied|viewed|downloaded|exported|imported|legacy|beta|preview|demo|trial|free|paid|premium|custom|editable|rotatable|renewable|auto_renew|auto_rotate|two_factor|requires?_\w+|require_\w+|(can|may)_(?!(use|login|log_in|auth\w*|access|connect|sign_in|be_used|work|call|request)$)\w+|allow_(read|write|all|any|list|create|update|browser|cors|public|deleted|edit|embedding|export|import|admin)(_\w+)?|notify_\w+|send_\w+|track_\w+|log_\w+|deleted_protection|protected)$/;

const senses: readonly (readonly [RegExp, Sense])[] = [
  [/^(not_before|nbf)$/, 'start'],
  [/^(not_after|exp)$/, 'expiry'],
  [
    /(^|_)(ttl|lifetime|lifespan|max_age|valid_for|expires?_in|duration)(_|$)|(expir\w*|validity|retention)_(in_)?(days|hours|minutes|seconds|secs|months|ms|millis|period)$/,
    'lifetime',
  ],
  [
    /^(valid|active|enabled|effective|usable)_(from|since|after)(_|$)|^(starts?|begins?|activates?)(_(at|on|time|date))?$/,
    'start',
  ],
  [trace, 'trace'],
  [aboutThings, 'content'],
  [features, 'content'],
  [harmlessEvent, 'content'],
  [against, 'against'],
  [new RegExp(`(^|_)(${over})_(\\w+_)?(until|till|thru|through)(_|$)`), 'mark'],
  [
    new RegExp(
      `^(key_)?(expires?|expiry|expiration|expiring)${times}$|(^|_)(expires?|expiry|expiration)${times}$|(^|_)(until|till|thru|through)${times}$|^(valid|active|enabled|good|usable)_(to|before)${times}$|^(ends?|end_of_life|eol)${times}$`,
    ),
    'expiry',
  ],
  [new RegExp(`^(approved|confirmed|verified|activated|allowed|accepted)(_by)?${times}(_flag)?$`), 'granted'],
  [new RegExp(`^(${good})${times}(_(flag|now))?$`), 'for'],
  [
    /(^|_)(status|state|lifecycle|phase|standing|validity|disposition|condition|situation|stage|health)(_|$)/,
    'state',
  ],
  [/(^|_)(remaining|uses_left|left)(_|$)/, 'left'],
  [/^(max|maximum)_(uses|usages?)$|^(uses?|usages?)_(limit|max)$/, 'limit'],
  [/(^|_)(flags?|flagged|bitmask)$/, 'mark'],
];

/** What is left of a name: its sense, and whether a “not” in it turns the sense round. */
function plainWords(name: string): { words: string; negated: boolean } {
  const words = wordsOf(name);
  if (/^not_(before|after)$/.test(words.join('_'))) return { words: words.join('_'), negated: false };
  let negated = false;
  while (words.length > 1) {
    const [first] = words;
    if (first === undefined || !(fillers.has(first) || negations.has(first))) break;
    negated = negated !== ['not', 'no', 'non', 'un', 'never'].includes(first);
    words.shift();
  }
  return { words: words.join('_'), negated };
}

const fillers = new Set(
  'is has was are be been being the key api token currently already now its it'.split(' '),
);
const negations = new Set('not no non un never longer yet anymore'.split(' '));

/** How a column, or a field of a document, speaks of a state. */
export function senseOf(name: string, kind: ColumnKind): Sense {
  const { words, negated } = plainWords(name);
  const [, found] = senses.find(([sign]) => sign.test(words)) ?? [];
  if (found && !negated) return kind === 'boolean' ? ofFlag(found, words) : found;
  if (found && negated) return inverted(found, kind, words);
  if (/expir/.test(words)) return besideExpiry.test(words) && !anyOver.test(words) ? 'content' : 'mark';
  if (kind === 'boolean' && !negated && harmlessFlags.test(words)) return 'content';
  if (anyOver.test(words)) return 'mark';
  if (kind === 'boolean') return 'unknown';
  if (anyGood.test(words)) return 'unknown';
  if (negated) return 'unknown';
  const head = words.split('_').at(-1) ?? '';
  const isHarmless = harmlessHeads.has(head) || harmlessNames.test(words);
  // a number or a time with such a name may still be that of an end
  return isHarmless && kind !== 'time' ? 'content' : kind === 'uuid' ? 'content' : 'unknown';
}

/** A flag named as a time, an end or a list says less than one that is a word of a state. */
function ofFlag(sense: Sense, words: string): Sense {
  if (sense !== 'expiry') return sense;
  return /^(expires?|expiry|expiration)$/.test(words) ? 'expiry' : 'mark';
}

function inverted(sense: Sense, kind: ColumnKind, words: string): Sense {
  const isPlain = kind === 'boolean' || kind === 'number' || kind === 'text' || kind === 'other';
  if (sense === 'against' && isPlain) return 'for';
  if ((sense === 'for' || sense === 'granted') && isPlain) return 'against';
  if (sense === 'expiry' && /^(expires?|expiry|expiration)$/.test(words)) return 'content';
  if (sense === 'content' && harmlessEvent.test(words)) return 'content';
  return 'unknown';
}

const vocabulary = new Set([
  ...endings.flat(),
  ...good.split('|'),
  ...fillers,
  ...negations,
  ...[...harmlessHeads].filter((word) => word.length > 2 && !word.includes('_')),
  ...'at on by date time until from to since after before reason reasons flag limit max min last first used seen created updated modified inserted issued granted login expires expiry expiration approved confirmed verified activated allowed accepted status state id ip hold held rotated rotate keys tokens apikeys hashes sessions list denylist blacklist blocklist banlist'.split(
    ' ',
  ),
]);

/** The words of a name, in whichever way it joins them: `isRevoked`, `is_revoked`, and `isrevoked`, as PostgreSQL folds it. */
function wordsOf(name: string): string[] {
  return inSnakeCase(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .flatMap((word) => (vocabulary.has(word) || word.length > 40 ? [word] : (segments(word) ?? [word])))
    .map((word) => canonical.get(word) ?? word);
}

/** A word as the fewest known words that it is joined of. */
function segments(word: string): string[] | undefined {
  const best: (string[] | undefined)[] = [[]];
  for (let end = 1; end <= word.length; end++) {
    for (let start = 0; start < end; start++) {
      const before = best[start];
      const piece = word.slice(start, end);
      if (!before || !vocabulary.has(piece)) continue;
      if ((best[end]?.length ?? Number.POSITIVE_INFINITY) > before.length + 1) best[end] = [...before, piece];
    }
  }
  return best[word.length];
}

export function inSnakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Whether a flag says that a key is *not* active, by its name. */
export function meansRevoked(column: string): boolean {
  const sense = senseOf(column, 'boolean');
  return sense === 'against' || sense === 'mark';
}

const listWords = new RegExp(`(^|_)(${over}|(black|block|blocked|deny|denied|ban|banned)_?list|crl)(_|$)`);

/** Whether a table is one of things that are out of use, by its name. */
export function listsRevoked({ table }: { readonly table: string }): boolean {
  return listWords.test(
    wordsOf(table)
      .map((word) => canonical.get(word.replace(/s$/, '')) ?? word)
      .join('_'),
  );
}

/** The sense of a column of a row that keys refer to, where it says that the row is out of use as a whole. */
export function senseOfOwner(name: string, kind: ColumnKind): Sense | undefined {
  const { words, negated } = plainWords(name.replace(/^(user|account|org)_/i, ''));
  const isWhole = against.test(words) || ofTheWholeRow.test(words);
  if (!isWhole) return undefined;
  return negated ? senseOf(`not_${words}`, kind) : senseOf(words, kind);
}

const ofTheWholeRow = new RegExp(`^(${good}|status|state)$`);
