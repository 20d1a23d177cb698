/** What is wrong with a definition, in AWS's words where they are known. */

export interface Problem {
  /** `SCHEMA_VALIDATION_FAILED`, `MISSING_TRANSITION_TARGET`, or `NOT_IMPLEMENTED` for what AWS would accept. */
  code: string;
  message: string;
  /** Where, e.g. `/States/Check/Retry[0]/ErrorEquals`. */
  location?: string;
}

export const schema = (message: string, location: string): Problem => ({
  code: 'SCHEMA_VALIDATION_FAILED',
  message,
  location,
});

/** A definition that was refused; `problems` are all of them. */
export class InvalidDefinition extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(`Invalid State Machine Definition: '${problems.map(inWords).join(', ')}'`);
    this.problems = problems;
  }

  override get name() {
    return 'InvalidDefinition';
  }
}

const inWords = ({ code, message, location }: Problem) =>
  location === undefined ? `${code}: ${message}` : `${code}: ${message} at ${location}`;
