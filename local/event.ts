/** An EventBridge event as AWS services put it on the default bus. `time` is the producer's, to the second. */
export interface AwsEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
}

/** How a modelled service puts an event on the bus; id, account, region and time are filled in by the bus. */
export type Emit = (event: Pick<AwsEvent, 'source' | 'detail-type' | 'resources' | 'detail'>) => void;
