import { expect, test } from 'vitest';
import { ofOneRepository, pinnedImage, repositoryOf } from '../../core/image.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const here = '111111111111.dkr.ecr.eu-west-1.amazonaws.com/shop/api';

test.each([
  { it: 'another digest', other: `${here}@sha256:${'b'.repeat(64)}`, same: true },
  { it: 'a tag', other: `${here}:v1`, same: true },
  { it: 'another account', other: `${here.replace('111111111111', '222222222222')}@${digest}`, same: false },
  { it: 'another Region', other: `${here.replace('eu-west-1', 'us-east-1')}@${digest}`, same: false },
  { it: 'a longer name', other: `${here}-2@${digest}`, same: false },
  { it: 'a registry with a port', other: 'localhost:5000/shop/api', same: false },
  { it: 'nothing', other: '', same: false },
])('an image and one with $it are of one repository: $same', ({ other, same }) => {
  expect(ofOneRepository(`${here}@${digest}`, other)).toBe(same);
});

test.each([
  { region: 'eu-west-1', host: '111111111111.dkr.ecr.eu-west-1.amazonaws.com' },
  { region: 'cn-north-1', host: '111111111111.dkr.ecr.cn-north-1.amazonaws.com.cn' },
])('the registry of $region is at $host', ({ region, host }) => {
  const repository = { registryId: '111111111111', region, repository: 'shop/api' };

  expect(pinnedImage(repository, digest)).toBe(`${host}/shop/api@${digest}`);
  expect(repositoryOf(`${host}/shop/api@${digest}`)).toEqual(repository);
});
