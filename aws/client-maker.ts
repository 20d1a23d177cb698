/** How the SDK's clients are made. */
import type { ECSClientConfig } from '@aws-sdk/client-ecs';

/** Endpoint, region, credentials, request handler or attempts of the SDK's clients; empty on AWS. */
export type ClientSettings = Pick<
  ECSClientConfig,
  'endpoint' | 'region' | 'credentials' | 'requestHandler' | 'maxAttempts'
>;

/** Makes a client of the given class, or what stands for one. */
export type ClientMaker = <Client extends SdkClient>(
  Client: new (settings: ClientSettings) => Client,
  settings: ClientSettings,
) => Client;

interface SdkClient {
  // biome-ignore lint/suspicious/noExplicitAny: each client has commands of its own
  send(command: any, ...options: any[]): Promise<unknown>;
  config: object;
}
