/** Errors of AWS are translated once, by the SDK's own classification. */
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { Throttled, Transient } from '../core/errors.ts';

type SdkError = Parameters<typeof isThrottlingError>[0];

/** Makes a call. What may work later becomes `Throttled` or `Transient`; everything else keeps its name. */
export async function calling<Result>(what: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const Later = laterError(error as SdkError);
    if (!Later) throw error;
    throw new Later(`${what}: ${(error as Error).message}`, { cause: error });
  }
}

function laterError(error: SdkError): typeof Throttled | typeof Transient | undefined {
  if (isThrottlingError(error)) return Throttled;
  return isServerError(error) || isTransientError(error) ? Transient : undefined;
}

/** Whether AWS answered with the error of this name. */
export const isAwsError = (error: unknown, name: string) => error instanceof Error && error.name === name;
