/** Signatures with a certificate instead of a key, against a Sigstore of the test's own. */
import { expect, test } from 'vitest';
import { attested } from '../../core/attestation/attested.ts';
import { keylessSigner } from '../../core/attestation/keyless.ts';
import { sigstore } from '../support/sigstore.ts';

const born = Date.parse('2026-01-01T00:00:00Z');
const at = Date.parse('2026-03-05T10:00:00Z');
const digest = `sha256:${'c'.repeat(64)}`;
const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  predicateType: 'https://cosign.sigstore.dev/attestation/vuln/v1',
  subject: [{ name: 'shop/api', digest: { sha256: digest.slice(7) } }],
  predicate: { scanner: { result: {} } },
};
const issuer = 'https://token.actions.githubusercontent.com';
const subject = 'https://github.com/my-org/shop-api/.github/workflows/deploy.yml@refs/tags/v1.0.0';
const ours = sigstore(born);
const { trustedRoot } = ours;
const expected = { name: 'CI', issuer, subject: subject.replace('v1.0.0', '*'), trustedRoot };

type Bundle = ReturnType<typeof ours.attest>;
const read = (bundle: object, identity: Parameters<typeof keylessSigner>[0] = expected) =>
  attested(
    { format: 'sigstore-bundle', bytes: Buffer.from(JSON.stringify(bundle)) },
    { trusted: { signers: [keylessSigner(identity)], unread: [] }, digests: [digest] },
  );
/** What is good, with something done to it. */
function changed(change: (bundle: Bundle) => void): Bundle {
  const bundle = ours.attest(statement, { subject, issuer, at });
  change(bundle);
  return bundle;
}
const entryOf = ({ verificationMaterial: { tlogEntries } }: Bundle) => {
  const [entry] = tlogEntries;
  if (!entry) throw new Error('no entry');
  return entry;
};

test('a report is signed by the workflow that the configuration names, and says which run of it that was for', () => {
  expect(read(changed(() => {}))).toMatchObject({ ok: true, signedBy: `CI (${subject})` });
});

test.each<{ it: string; bundle: () => object }>([
  {
    it: 'another workflow',
    bundle: () => ours.attest(statement, { subject: subject.replace('deploy.yml', 'test.yml'), issuer, at }),
  },
  {
    it: 'the same workflow in the repository of a stranger',
    bundle: () => ours.attest(statement, { subject: subject.replace('my-org', 'their-org'), issuer, at }),
  },
  {
    it: 'a subject that only contains the one that counts',
    bundle: () => ours.attest(statement, { subject: `https://evil.test/?${subject}`, issuer, at }),
  },
  {
    it: 'who was vouched for by somebody else',
    bundle: () => ours.attest(statement, { subject, issuer: `${issuer}.evil.test`, at }),
  },
  {
    it: 'whom another authority certifies',
    bundle: () => sigstore(born).attest(statement, { subject, issuer, at }),
  },
  {
    it: 'somebody whose certificate had ended when the log took it',
    bundle: () => ours.attest(statement, { subject, issuer, at }, at + 700_000),
  },
  {
    it: 'somebody whose signature no log has',
    bundle: () =>
      changed(({ verificationMaterial }) => {
        verificationMaterial.tlogEntries = [];
      }),
  },
  {
    it: 'somebody whose entry in the log is for another signature',
    bundle: () =>
      changed((bundle) => {
        const other = ours.attest(statement, { subject, issuer, at });
        bundle.verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries;
      }),
  },
  {
    it: 'somebody whose entry says another time than the log promised',
    bundle: () =>
      changed((bundle) => {
        entryOf(bundle).integratedTime = String(at / 1000 + 6);
      }),
  },
  {
    it: 'who signed something else',
    bundle: () =>
      changed(({ dsseEnvelope }) => {
        const other = JSON.stringify({ ...statement, predicate: { scanner: { result: { Results: [] } } } });
        dsseEnvelope.payload = Buffer.from(other).toString('base64');
      }),
  },
  {
    it: 'who names a key of their own instead of a certificate',
    bundle: () => {
      const { verificationMaterial, ...rest } = changed(() => {});
      const { tlogEntries } = verificationMaterial;
      return { ...rest, verificationMaterial: { publicKey: { hint: 'mine' }, tlogEntries } };
    },
  },
  { it: 'nobody', bundle: () => ({ ...changed(() => {}), verificationMaterial: {} }) },
])('a report is not signed by $it', ({ bundle }) => {
  expect(read(bundle())).toEqual({ ok: false, reason: 'its signature is not by CI' });
});

test('a good signature over the report of another image is refused', () => {
  const other = { ...statement, subject: [{ digest: { sha256: 'd'.repeat(64) } }] };

  expect(read(ours.attest(other, { subject, issuer, at }))).toMatchObject({
    ok: false,
    reason: expect.stringContaining(`it is signed by CI (${subject}), but about another image: dddddddddddd`),
  });
});

test('a trusted root that is none is told', () => {
  expect(() => keylessSigner({ ...expected, trustedRoot: { certificateAuthorities: [{}] } })).toThrow();
});
