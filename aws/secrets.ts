/** Secrets, read when first needed and kept for as long as the function is warm. */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { calling } from './calling.ts';

export function secrets(client: SecretsManagerClient) {
  const known = new Map<string, string>();

  async function fetchSecret(name: string): Promise<string> {
    const command = new GetSecretValueCommand({ SecretId: name });
    return String((await calling('GetSecretValue', () => client.send(command))).SecretString);
  }

  return {
    /** A secret's text. Only what was read is kept: a read that hangs must not hang the next invocation too. */
    async text(name: string): Promise<string> {
      const text = known.get(name) ?? (await fetchSecret(name));
      known.set(name, text);
      return text;
    },
  };
}
