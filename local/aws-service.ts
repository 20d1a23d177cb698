/** What every modelled AWS service has in common: operations by name, and errors as AWS answers them. */
import { type Place, samePlace } from '../core/place.ts';

/** Takes the request as parsed JSON, answers the response. Dates are answered as `Date`; the door writes epoch seconds. */
// biome-ignore lint/suspicious/noExplicitAny: the wire is untyped; each operation checks what it reads
export type Operation = (input: any) => unknown;

export interface AwsService {
  /** The part of `X-Amz-Target` before the dot, e.g. `AWSStepFunctions`. */
  readonly target: string;
  /** By the name after the dot. An operation that is not here is answered with `UnknownOperationException`. */
  readonly operations: Readonly<Record<string, Operation>>;
}

/** An error that AWS would answer: `code` becomes `__type`, as the SDK reads it. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** What else the error tells, by the names of AWS's shape. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, fields: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }

  override get name() {
    return this.code;
  }
}

/** Account and region of the local world; ARNs, events and registry addresses carry them. */
export const account = '123456789012';
export const region = 'eu-west-1';
/** Where Tidegate is installed. */
export const home: Place = { account, region };
export const isHome = (place: Place) => samePlace(place, home);
