/** What stacks are made with. They get it from `sst.config.ts` and read no globals of SST's themselves. */

export interface Platform {
  sst: typeof sst;
  aws: typeof aws;
  /** Pulumi's own: what is done with values that are known only while it is deployed. */
  util: typeof $util;
  app: Pick<typeof $app, 'name' | 'stage'>;
  /** Whether this is `sst dev`, where functions run on the developer's machine. */
  dev: boolean;
}
