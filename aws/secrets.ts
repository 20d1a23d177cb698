/** Secrets, read when first needed and kept for as long as the function is warm. */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { calling } from './calling.ts';

export function secrets(client: SecretsManagerClient) {
  const known = new Map<string, Promise<string>>();

  async function fetchSecret(name: string): Promise<string> {
    const command = new GetSecretValueCommand({ SecretId: name });
    return String((await calling('GetSecretValue', () => client.send(command))).SecretString);
  }

  return {
    /** A secret's text. A failed read is not kept. */
    async text(name: string): Promise<string> {
      const reading = known.get(name) ?? fetchSecret(name);
      known.set(name, reading);
      return reading.catch((error) => {
        known.delete(name);
        throw error;
      });
    },
  };
}
