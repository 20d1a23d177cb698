/** A push that no event told of by the time when the schedule looked. */
import type { ReleaseRequest } from '../release.ts';

/** The same each time, so that it is started once. An event's own id has hexadecimal digits alone. */
export const lateEventId = (digest: string): string =>
  `late${digest.slice('sha256:'.length, 'sha256:'.length + 8)}`;

/** What whoever is told of the release should know, as a sentence. */
export const lateWarning = 'seen late: no event told of this push, the schedule found it';

/** Whether the schedule started it for want of an event. Its promotions are started by it, as those of any release. */
export const isLate = ({ seenLate }: ReleaseRequest): boolean => seenLate === true;
