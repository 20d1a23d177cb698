import { expect, test } from 'vitest';
import { serviceKey } from '../../aws/ecs-service.ts';

const home = { account: '123456789012', region: 'eu-west-1' };
const service = { cluster: 'main', service: 'my-api' };
const roleArn = 'arn:aws:iam::210987654321:role/tidegate';

test.each([
  { where: 'at home', at: {}, key: 'main/my-api' },
  { where: 'at home, and says so', at: { region: 'eu-west-1' }, key: 'main/my-api' },
  { where: 'at home, as an event says', at: home, key: 'main/my-api' },
  { where: 'in another Region', at: { region: 'us-east-1' }, key: '123456789012/us-east-1/main/my-api' },
  { where: 'in another account', at: { roleArn }, key: '210987654321/eu-west-1/main/my-api' },
  {
    where: 'elsewhere, as its role and Region say',
    at: { roleArn, region: 'us-east-1' },
    key: '210987654321/us-east-1/main/my-api',
  },
  {
    where: 'elsewhere, as an event says',
    at: { account: '210987654321', region: 'us-east-1' },
    key: '210987654321/us-east-1/main/my-api',
  },
])('a service $where is $key', ({ at, key }) => {
  expect(serviceKey({ ...service, ...at }, home)).toBe(key);
});
