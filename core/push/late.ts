/** A push that no event told of by the time when the schedule looked. */
import type { ReleaseRequest } from '../release.ts';

const prefix = 'late';

/** The same each time, so that it is started once. An event's own id has hexadecimal digits alone. */
export const lateEventId = (digest: string): string =>
  prefix + digest.slice('sha256:'.length, 'sha256:'.length + 8);

/** Whether the schedule started it for want of an event. Its promotions are started by it, as those of any release. */
export const isLate = ({ push, promotedFrom }: ReleaseRequest): boolean =>
  push.eventId.startsWith(prefix) && promotedFrom === undefined;
