/** What SST keeps of an account that it was used in before. */
import { account, region } from './mocks.ts';

export const bootstrap = {
  version: 5,
  asset: 'sst-asset-test',
  assetEcrRegistryId: account,
  assetEcrUrl: `${account}.dkr.ecr.${region}.amazonaws.com/sst-asset`,
  state: 'sst-state-test',
};
