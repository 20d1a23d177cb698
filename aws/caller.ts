/** Who asks: whose credentials these are, and in which account. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { calling } from './calling.ts';
import type { ClientSettings } from './client-maker.ts';

export interface Caller {
  arn: string;
  account: string;
}

/** Needs no permission: whoever has credentials may ask. */
export async function callerOf(settings: ClientSettings): Promise<Caller> {
  const client = new STSClient(settings);
  try {
    const { Arn: arn = '', Account: account = '' } = await calling('GetCallerIdentity', () =>
      client.send(new GetCallerIdentityCommand({})),
    );
    return { arn, account };
  } finally {
    client.destroy();
  }
}
