/** What Lambda answers when a function failed, and the error that carries it here. */

/** The payload of a failed invocation. */
export interface ErrorPayload {
  errorType: string;
  errorMessage: string;
  /** Lambda fills in the stack; here it is always empty, because it would name this machine's folders. */
  trace: string[];
}

/**
 * A function failed. `name` is the `errorType`, which Step Functions takes for Error; `cause` is the payload as
 * JSON text, which it takes for Cause.
 */
export class FunctionError extends Error {
  readonly payload: ErrorPayload;

  constructor(errorType: string, errorMessage: string) {
    const payload = { errorType, errorMessage, trace: [] };
    super(errorMessage, { cause: JSON.stringify(payload) });
    this.payload = payload;
  }

  override get name() {
    return this.payload.errorType;
  }
}

/** As the Node.js runtime reports what was thrown: only an Error has a name. */
export function functionError(thrown: unknown): FunctionError {
  return thrown instanceof Error
    ? new FunctionError(thrown.name, thrown.message)
    : new FunctionError(typeof thrown, String(thrown));
}
