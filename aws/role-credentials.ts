/** The credentials of roles in other accounts: taken on when they are first needed, and again before they expire. */
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { calling, isAwsError } from './calling.ts';
import { within } from './deadline.ts';
import type { Means } from './means.ts';

type Taken = Awaited<ReturnType<ReturnType<typeof fromTemporaryCredentials>>>;

/** STS answers in a tenth of a second. */
const timeoutMs = 5000;
/** Time enough for a call that begins with them. */
const marginMs = 5 * 60_000;

/** By the role's ARN: what clients ask before each call. All clients of a role share what it was given. */
export function roleCredentials({ client, environment, home, now }: Means) {
  const known = new Map<string, () => Promise<Taken>>();

  function takingOn(RoleArn: string): () => Promise<Taken> {
    const assumeRole = fromTemporaryCredentials({
      params: { RoleArn, RoleSessionName: environment.AWS_LAMBDA_FUNCTION_NAME },
      // Not STS of the Region that the service is in: that may be one which only its own account has enabled.
      clientConfig: { ...client, region: home.region },
    });
    let taken: Taken | undefined;
    return async () => {
      const endsAt = taken?.expiration?.getTime() ?? 0;
      if (taken && endsAt - now() > marginMs) return taken;
      taken = await answered(RoleArn, assumeRole);
      return taken;
    };
  }

  return (roleArn: string): (() => Promise<Taken>) => {
    const credentials = known.get(roleArn) ?? takingOn(roleArn);
    known.set(roleArn, credentials);
    return credentials;
  };
}

/** The SDK asks once for all calls that wait, so an answer that never comes would hang later invocations too. */
async function answered(roleArn: string, assumeRole: () => Promise<Taken>): Promise<Taken> {
  try {
    return await calling(`AssumeRole ${roleArn}`, () =>
      within(timeoutMs, (signal) => Promise.race([assumeRole(), untilAborted(signal)])),
    );
  } catch (error) {
    if (!isAwsError(error, 'AccessDenied')) throw error;
    const refused = `${roleArn} cannot be taken on: it is not there, or it does not trust this installation`;
    throw new Error(`${refused} (\`npm run roles\` prints what it needs): ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
