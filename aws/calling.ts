/** Errors of AWS are translated once, by the SDK's own classification. */
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { Transient } from '../core/errors.ts';

type SdkError = Parameters<typeof isThrottlingError>[0];

/** Makes a call. What may work later becomes `Transient`; everything else keeps its name. */
export async function calling<Result>(what: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!worthRetrying(error as SdkError)) throw error;
    throw new Transient(`${what}: ${(error as Error).message}`, { cause: error });
  }
}

const worthRetrying = (error: SdkError) =>
  isThrottlingError(error) || isServerError(error) || isTransientError(error);

/** Whether AWS answered with the error of this name. */
export const isAwsError = (error: unknown, name: string) => error instanceof Error && error.name === name;
