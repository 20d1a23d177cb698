/** The function that decides approvals for who comes with AWS credentials, called as they call it: by a signed request. */
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { within } from './deadline.ts';
import type { Means } from './means.ts';
import { parameters } from './parameters.ts';
import { type Credentials, signedHeaders } from './signed-request.ts';

/** A cold start, and Slack that is asked for groups and shown the decision. */
const timeoutMs = 20_000;

/** AWS or the function did not take the request. `status` is HTTP's. */
export class DoorClosed extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function approvalDoor({ client, environment, fetch, home, now, open }: Means) {
  async function credentials(): Promise<Credentials> {
    const { credentials: given } = client;
    if (typeof given === 'function') return given();
    return given ?? fromNodeProviderChain()();
  }

  /** Where the local world is, functions are, too; an installation on AWS has written its address down. */
  async function address(): Promise<string> {
    const { endpoint } = client;
    if (typeof endpoint === 'string') return `${endpoint}/functions/on-approval-command`;
    const name = environment.APPROVAL_COMMAND_PARAMETER;
    if (!name) throw new Error('APPROVAL_COMMAND_PARAMETER is not set');
    return open(parameters).secret(name);
  }

  return {
    /** Answers what the function answered. Throws `DoorClosed` with the reason where it was not reached, or said no. */
    async send(command: object): Promise<unknown> {
      const url = await address();
      const body = JSON.stringify(command);
      const headers = signedHeaders({
        ...{ url, method: 'POST', body, headers: { 'content-type': 'application/json' } },
        ...{ service: 'lambda', region: home.region, credentials: await credentials(), now: now() },
      });
      return within(timeoutMs, async (signal) => {
        const response = await fetch(url, { method: 'POST', headers, body, signal });
        const text = await response.text();
        if (response.ok) return JSON.parse(text);
        throw new DoorClosed(response.status, reasonIn(text) ?? `HTTP ${response.status}`);
      });
    },
  };
}

/** The function calls it `error`, AWS `Message`. */
function reasonIn(text: string): string | undefined {
  try {
    const { error, Message, message } = JSON.parse(text) as Record<string, unknown>;
    const reason = error ?? Message ?? message;
    return typeof reason === 'string' ? reason : undefined;
  } catch {
    return undefined;
  }
}
