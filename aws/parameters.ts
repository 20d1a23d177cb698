/** Secrets, kept as SecureString parameters of SSM: read when first needed, and known for as long as the function is warm. */
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { calling, isAwsError } from './calling.ts';
import type { Means } from './means.ts';

export function parameters({ makeClient }: Means) {
  const client = makeClient(SSMClient, {});
  const known = new Map<string, string>();

  async function read(Name: string): Promise<string> {
    const command = new GetParameterCommand({ Name, WithDecryption: true });
    try {
      return String((await calling('GetParameter', () => client.send(command))).Parameter?.Value);
    } catch (error) {
      // AWS says no more than that.
      if (!isAwsError(error, 'ParameterNotFound')) throw error;
      throw new Error(`SSM has no parameter ${Name}: put the secret there, as a SecureString`, {
        cause: error,
      });
    }
  }

  return {
    /** A secret's text. Only what was read is kept: a read that hangs must not hang the next invocation too. */
    async secret(name: string): Promise<string> {
      const text = known.get(name) ?? (await read(name));
      known.set(name, text);
      return text;
    },

    /** It turned out not to be good any more: the next call reads it again. */
    forget: (name: string) => void known.delete(name),
  };
}
