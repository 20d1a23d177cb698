/// <reference path="./.sst/platform/config.d.ts" />

/** Tidegate on AWS: `npx sst deploy --stage production`. What is deployed is in `stacks/`. */
export default $config({
  app({ stage }) {
    const production = stage === 'production';
    return {
      name: 'tidegate',
      home: 'aws',
      removal: production ? 'retain' : 'remove',
      protect: production,
      // SST adds sst:app and sst:stage. Region and profile are whatever the environment says.
      providers: { aws: { defaultTags: { tags: { application: 'tidegate', stage } } } },
    };
  },
  async run() {
    const { tidegate } = await import('./stacks/tidegate.ts');
    return tidegate({ sst, aws, util: $util, app: $app, dev: $dev });
  },
});
