/** What ECR is asked about its own scans, page by page, and what its refusals come to. */
import { expect, test } from 'vitest';
import { ecrScans } from '../../aws/evidence/ecr-scans.ts';
import type { Evidence, NoEvidence } from '../../core/scan/evidence.ts';

const [index, child] = ['1', '2'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];
const question = {
  repository: { registryId: '123456789012', region: 'eu-west-1', repository: 'shop/api' },
  image: { digests: [index, child], configDigest: index },
};

type Input = { imageId: { imageDigest: string }; nextToken?: string };

/** `answer`: of the page with this number. */
async function seen(answer: (page: number) => object, asked: Input[] = []) {
  const client = {
    async send({ input }: { input: Input }) {
      asked.push(input);
      return answer(asked.length);
    },
  };
  const found: (Evidence | NoEvidence)[] = [];
  for await (const sighting of ecrScans(() => client as never, 'ecr-enhanced')(question))
    found.push(sighting);
  return found;
}

const page = (findings: object[] | undefined, nextToken?: string) => ({
  ...{ imageId: { imageDigest: child }, imageScanStatus: { status: 'ACTIVE' }, nextToken },
  imageScanFindings: { findingSeverityCounts: { LOW: 3 }, enhancedFindings: findings },
});

test('the image that runs is asked for, not its index, and all pages are one answer', async () => {
  const asked: Input[] = [];

  const [only] = await seen(
    (number) => (number < 3 ? page([{ number }], `page ${number}`) : page([{ number }])),
    asked,
  );

  expect(asked.map(({ imageId, nextToken }) => [imageId.imageDigest, nextToken])).toEqual([
    [child, undefined],
    [child, 'page 1'],
    [child, 'page 2'],
  ]);
  expect(only).toMatchObject({ format: 'ecr-enhanced', subject: child });
  const { imageScanFindings } = JSON.parse(String((only as Evidence).bytes));
  expect(imageScanFindings.enhancedFindings).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }]);
});

test('a list that is on no page is not made up', async () => {
  const [only] = await seen(() => page(undefined));

  expect(JSON.parse(String((only as Evidence).bytes)).imageScanFindings).not.toHaveProperty(
    'enhancedFindings',
  );
});

test.each([
  { it: 'pages without end', answer: () => page([{}], 'again'), reason: 'it has more than 50 pages' },
  {
    it: 'pages without measure',
    answer: () => page([{ text: 'x'.repeat(9 * 1024 * 1024) }], 'again'),
    reason: 'it is larger than 20 MiB',
  },
])('$it are no evidence', async ({ answer, reason }) => {
  expect(await seen(answer)).toMatchObject([{ reason }]);
});

const refusing = (name: string) => () => {
  throw Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400 } });
};

test.each([
  { name: 'ScanNotFoundException', expected: { reason: 'ECR has none', pending: true } },
  { name: 'ImageNotFoundException', expected: { reason: 'ECR has no such image' } },
  { name: 'UnsupportedImageTypeException', expected: { reason: 'ECR does not scan images of its kind' } },
])('$name is no evidence, and never a clean image', async ({ name, expected }) => {
  expect(await seen(refusing(name))).toEqual([{ locator: "ECR's scan of 222222222222", ...expected }]);
});

test.each([
  { name: 'ThrottlingException', as: 'Throttled' },
  { name: 'RepositoryNotFoundException', as: 'RepositoryNotFoundException' },
  { name: 'AccessDeniedException', as: 'AccessDeniedException' },
])('$name is told by an error', async ({ name, as }) => {
  await expect(seen(refusing(name))).rejects.toMatchObject({ name: as });
});
