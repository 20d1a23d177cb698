/** What the local ECR answers about scans, as it goes over the wire, against what ECR answers. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AwsError } from '../../local/aws-service.ts';
import { bytesOf, digests, ociManifest, worldWithBlobs } from './ecr-fixture.ts';

// biome-ignore lint/suspicious/noExplicitAny: recorded answers are compared, not read
const recorded = (name: string): any =>
  JSON.parse(readFileSync(new URL(`../fixtures/events/scans/${name}.json`, import.meta.url), 'utf8'));

const imageDigest = digests.amd64 ?? '';
const asking = { repositoryName: 'shop/api', imageId: { imageDigest } };

async function worldWithImage() {
  const made = await worldWithBlobs();
  const [body, headers] = [bytesOf(imageDigest), { 'content-type': ociManifest }];
  await made.http('PUT', `/v2/shop/api/manifests/${imageDigest}`, { body, headers });
  return made;
}

test('an image that nobody has scanned is told by the error that ECR has for it', async () => {
  const made = await worldWithImage();
  const { __type, message } = recorded('ecr-scan-not-found-error');

  const ask = () => made.call('DescribeImageScanFindings', asking);

  expect(ask).toThrow(AwsError);
  expect(ask).toThrow(expect.objectContaining({ code: __type, message }));
});

test('a scan is answered in pages, each with all of its counts, as ECR words them', async () => {
  const made = await worldWithImage();
  const { imageScanStatus, imageScanFindings } = recorded('ecr-describe-image-scan-findings-basic');
  made.scans.set(imageDigest, { imageScanStatus, imageScanFindings });

  const whole = made.call('DescribeImageScanFindings', asking);
  const first = made.call('DescribeImageScanFindings', { ...asking, maxResults: 1 });
  const second = made.call('DescribeImageScanFindings', {
    ...asking,
    maxResults: 1,
    nextToken: first.nextToken,
  });

  expect(whole).toEqual({
    ...recorded('ecr-describe-image-scan-findings-basic'),
    imageId: { imageDigest },
  });
  expect([...first.imageScanFindings.findings, ...second.imageScanFindings.findings]).toEqual(
    imageScanFindings.findings,
  );
  expect(first.imageScanFindings.findingSeverityCounts).toEqual(imageScanFindings.findingSeverityCounts);
  expect(second).not.toHaveProperty('nextToken');
});
