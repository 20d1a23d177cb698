/** Which keys count: KMS is asked as seldom as a key that was called back allows. */
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ClientMaker } from '../../aws/client-maker.ts';
import type { Means } from '../../aws/means.ts';
import { signingKeys } from '../../aws/signing-keys.ts';
import { AwsError } from '../../local/aws-service.ts';
import { type KmsKey, kms } from '../../local/secrets/kms.ts';

const arn = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd';
const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** The local KMS, with nothing between. */
function keysIn(kept: Map<string, KmsKey>) {
  const seen = { now: 0, asked: 0, regions: [] as unknown[] };
  const { GetPublicKey } = kms(kept).operations;
  const makeClient = ((_: unknown, { region }: { region?: unknown } = {}) => {
    seen.regions.push(region);
    return {
      async send({ input }: { input: object }) {
        seen.asked += 1;
        try {
          return GetPublicKey?.(input);
        } catch (error) {
          const { code, message } = error as AwsError;
          throw Object.assign(new Error(message), { name: code });
        }
      },
    };
  }) as unknown as ClientMaker;
  const gateway = signingKeys({ makeClient, now: () => seen.now } as unknown as Means);
  return {
    seen,
    of: () =>
      gateway.of([
        { name: 'CI', key: arn },
        { name: 'old', key: pem },
      ]),
  };
}
const names = ({ signers }: { signers: readonly { name: string }[] }) => signers.map(({ name }) => name);
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

test('a key in KMS is asked for in its Region, once in five minutes, and a key in the configuration never', async () => {
  const { of, seen } = keysIn(new Map([[arn, { publicKey }]]));

  expect(names(await of())).toEqual(['CI', 'old']);
  seen.now = 299_999;
  await of();

  expect(seen).toMatchObject({ asked: 1, regions: ['eu-central-1'] });
});

test('a key that was disabled counts no more after five minutes, and the others still do', async () => {
  const kept = new Map<string, KmsKey>([[arn, { publicKey }]]);
  const { of, seen } = keysIn(kept);
  await of();

  kept.set(arn, { publicKey, state: 'Disabled' });
  seen.now = 300_000;

  expect(names(await of())).toEqual(['old']);
  expect((await of()).unread).toEqual([
    `the key of CI cannot be had: DisabledException: ${arn} is disabled.`,
  ]);
});

test.each<{ it: string; key?: KmsKey; says: string }>([
  { it: 'does not exist', says: `NotFoundException: Key '${arn}' does not exist` },
  {
    it: 'is about to be deleted',
    key: { publicKey, state: 'PendingDeletion' },
    says: `KMSInvalidStateException: ${arn} is pending deletion.`,
  },
])('a key that $it is named with the reason', async ({ key, says }) => {
  const { of } = keysIn(new Map(key && [[arn, key]]));

  expect((await of()).unread).toEqual([`the key of CI cannot be had: ${says}`]);
});

test('while KMS is throttling nothing is decided', async () => {
  const kept = new Map<string, KmsKey>();
  const { of } = keysIn(kept);
  kept[Symbol.iterator] = () => {
    throw new AwsError('ThrottlingException', 'Rate exceeded');
  };

  await expect(of()).rejects.toMatchObject({ name: 'Throttled' });
});
