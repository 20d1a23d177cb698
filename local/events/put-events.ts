/** `PutEvents`: the entries that are wrong are refused one by one, the others are put. */
import { AwsError, account, region } from '../aws-service.ts';
import type { Emit } from '../event.ts';

interface Entry {
  Source?: string;
  DetailType?: string;
  Detail?: string;
  Resources?: string[];
  EventBusName?: string;
  /** Epoch seconds. */
  Time?: number;
}

type Put = (event: Parameters<Emit>[0], milliseconds: number) => string;

const sizeLimit = 1024 * 1024;

export function putEvents(put: Put, now: () => number) {
  function putOne(entry: Entry) {
    const { Source = '', DetailType = '', Detail = '', Resources = [], Time } = entry;
    for (const name of ['Source', 'DetailType', 'Detail'] as const) {
      if (entry[name]) continue;
      return refused(
        'InvalidArgument',
        `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      );
    }
    if (Source.startsWith('aws.')) {
      return refused('NotAuthorizedForSourceException', 'Not authorized for the source.');
    }
    const detail = objectIn(Detail);
    if (!detail) return refused('MalformedDetail', 'Detail is malformed.');
    const milliseconds = Time === undefined ? now() : Time * 1000;
    return {
      EventId: put({ source: Source, 'detail-type': DetailType, resources: Resources, detail }, milliseconds),
    };
  }

  /** Throws `ValidationException` for no or more than ten entries or 1 MB, `ResourceNotFoundException` for another bus. */
  return ({ Entries = [] }: { Entries?: Entry[] }) => {
    if (Entries.length < 1 || Entries.length > 10) throw tooFewOrMany(Entries.length);
    if (Entries.reduce((sum, entry) => sum + sizeOf(entry), 0) >= sizeLimit) {
      throw new AwsError(
        'ValidationException',
        'Total size of the entries in the request is over the limit.',
      );
    }
    const stranger = Entries.find(({ EventBusName = 'default' }) => !isDefault(EventBusName));
    if (stranger) {
      throw new AwsError('ResourceNotFoundException', `Event bus ${stranger.EventBusName} does not exist.`);
    }
    const answers = Entries.map(putOne);
    return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
  };
}

const refused = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });

const isDefault = (bus: string) =>
  bus === 'default' || bus === `arn:aws:events:${region}:${account}:event-bus/default`;

function tooFewOrMany(count: number) {
  const [bound, limit] = count < 1 ? ['greater', 1] : ['less', 10];
  const constraint = `Member must have length ${bound} than or equal to ${limit}`;
  const value = count < 1 ? '[]' : `[${count} entries]`;
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at 'entries' failed to satisfy constraint: ${constraint}`,
  );
}

/** As AWS counts: 14 bytes for a time, and the text of the rest in UTF-8. */
function sizeOf({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: Entry): number {
  const text = [Source, DetailType, Detail, ...Resources].join('');
  return Buffer.byteLength(text) + (Time === undefined ? 0 : 14);
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
