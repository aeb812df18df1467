/** The protocol's answers (PostgreSQL documentation, "Message Formats"). */
const copyData = 0x64;
const copyOutResponse = 0x48;
const copyDone = 0x63;
const dataRow = 0x44;
const parseComplete = 0x31;
const bindComplete = 0x32;
/** NoticeResponse, ParameterStatus and NotificationResponse, which may come at any time. */
const aside = [0x4e, 0x53, 0x41];

/** The messages that a result comes in. Any other belongs to somebody else, and ends it. */
export interface ResultMessages {
  /** Has one row. */
  readonly row: number;
  readonly begin: ReadonlySet<number>;
  /** The last one, where it is not that which ends the statement. */
  readonly end?: number;
  /** These, and those that may come in between. */
  readonly ours: ReadonlySet<number>;
}

/** How a result comes: of `COPY … TO STDOUT (FORMAT binary)`, or of a SELECT whose columns were asked for in binary. */
export type ResultSource = 'copy' | 'select';

/** A row is the same bytes in both: a count of fields, and each after its length. */
const messages: Readonly<Record<ResultSource, ResultMessages>> = {
  copy: {
    row: copyData,
    begin: new Set([copyOutResponse]),
    end: copyDone,
    ours: new Set([copyData, copyOutResponse, copyDone, ...aside]),
  },
  select: {
    row: dataRow,
    begin: new Set([parseComplete, bindComplete]),
    ours: new Set([dataRow, parseComplete, bindComplete, ...aside]),
  },
};

export function messagesOf(source: ResultSource): ResultMessages {
  return messages[source];
}
