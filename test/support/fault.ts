/** A fault of AWS that a test begins and ends: while it lasts, calls of one operation are answered with an error. */
import { AwsError } from '../../local/aws-service.ts';
import type { Around } from '../../local/door/answering.ts';

/** What AWS answers when it is broken. */
export const broken = new AwsError('ServerException', 'It was not possible to process your request', 500);
/** What AWS answers when it does not want to. */
export const refused = new AwsError('AccessDeniedException', 'not authorized to perform this action');

export interface Fault {
  around: Around;
  begin(): void;
  end(): void;
  /** How many calls it has hit; the SDK's repetitions count. */
  hits(): number;
}

/** `saying`: only calls whose input, as JSON, contains this. */
export function fault(operation: string, error: AwsError, { saying = '' } = {}): Fault {
  let lasts = false;
  let hits = 0;
  return {
    around(call, next) {
      if (!lasts || call.operation !== operation || !JSON.stringify(call.input).includes(saying))
        return next();
      hits += 1;
      return Promise.reject(error);
    },
    begin: () => {
      lasts = true;
    },
    end: () => {
      lasts = false;
    },
    hits: () => hits,
  };
}
