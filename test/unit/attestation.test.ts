import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  attested,
  type Keyring,
  keySigner,
  type Signer,
  type Trusted,
} from '../../core/attestation/attested.ts';
import { preAuthenticationEncoding } from '../../core/attestation/envelope.ts';
import { publicKey } from '../../core/attestation/public-key.ts';

const registry = new URL('../fixtures/events/registry/', import.meta.url);
const { digests: named } = JSON.parse(readFileSync(new URL('manifest-map.json', registry), 'utf8'));
const blob = (digest: string) => readFileSync(new URL(`blobs/${digest.replace(':', '-')}`, registry), 'utf8');
/** The bundle that a referrer of the sample image has. */
const bundleOf = (referrer: string) => blob(JSON.parse(blob(named[referrer])).layers[0].digest);
const signed = bundleOf('referrerSigned');
const tampered = bundleOf('referrerSignedTampered');
const replayed = bundleOf('referrerSignedReplayOtherSubject');
const { index, amd64: child } = named;
const digests = [index, child];
const pipeline = keySigner(
  'CI',
  publicKey(readFileSync(new URL('attestation-public-key.pem', registry), 'utf8')),
);

const ring = (...signers: Signer[]): Keyring => ({ signers, unread: [] });
const bundle = (text: string, trusted: Trusted = ring(pipeline)) =>
  attested({ format: 'sigstore-bundle', bytes: Buffer.from(text) }, { trusted, digests });
const bare = (envelope: object, signer: Signer) =>
  attested(
    { format: 'dsse-envelope', bytes: Buffer.from(JSON.stringify(envelope)) },
    { trusted: ring(signer), digests },
  );

interface Bundle {
  mediaType: string;
  verificationMaterial: object;
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid?: string }[] };
}
const { dsseEnvelope: envelope } = JSON.parse(signed) as Bundle;
/** The signed sample, with something else in it. */
const changed = (change: object) => JSON.stringify({ ...JSON.parse(signed), ...change });
const changedEnvelope = (change: object) => changed({ dsseEnvelope: { ...envelope, ...change } });
/** Each of so many bytes. */
const positions = (base64: string, step = 1) =>
  Array.from({ length: Math.ceil(Buffer.from(base64, 'base64').length / step) }, (_, at) => at * step);
const flipped = (text: string, at: number): string => {
  const bytes = Buffer.from(text, 'base64');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
};

describe('an attestation', () => {
  test('that is signed by a key of the configuration is what its predicate says', () => {
    const read = bundle(signed);

    expect(read).toMatchObject({ ok: true, signedBy: expect.stringMatching(/^CI \(key [0-9a-f]{12}\)$/) });
    expect(read.ok && read.predicate).toMatchObject({
      scanner: { result: { SchemaVersion: 2, ArtifactType: 'container_image' } },
    });
  });

  test('whose content was changed after it was signed is refused', () => {
    expect(bundle(tampered)).toEqual({ ok: false, reason: 'its signature is not by CI' });
  });

  test('of another image is refused although its signature is good', () => {
    const read = bundle(replayed);

    expect(read).toEqual({
      ok: false,
      reason: expect.stringMatching(
        /^it is signed by CI \(key \w+\), but about another image: 210277cb6266, not c3730962d514 or da248989f6c3$/,
      ),
    });
  });

  test('by a key that is not in the configuration is refused, with the names of those that are', () => {
    const others = ['one', 'two'].map((name) => ({ ...keys('ed25519').signer, name }));

    expect(bundle(signed, ring(...others))).toEqual({
      ok: false,
      reason: 'its signature is not by any of one, two',
    });
    expect(
      bundle(signed, { signers: [], unread: ['the key of CI cannot be had: DisabledException'] }),
    ).toEqual({
      ok: false,
      reason: 'its signature cannot be checked; the key of CI cannot be had: DisabledException',
    });
  });

  test('by one of several keys names that one', () => {
    const other = { ...keys('ed25519').signer, name: 'next year' };

    expect(bundle(signed, ring(other, pipeline))).toMatchObject({
      signedBy: expect.stringMatching(/^CI \(/),
    });
  });

  test('has no signer where nobody asked for a signature, and is still about one image', () => {
    expect(bundle(tampered, 'attached')).toMatchObject({ ok: true, signedBy: undefined });
    expect(bundle(replayed, 'attached')).toMatchObject({
      reason: 'it is about another image: 210277cb6266, not c3730962d514 or da248989f6c3',
    });
  });
});

describe('nothing of a signed attestation can be changed:', () => {
  test('not a byte of its payload', () => {
    const at = positions(envelope.payload, 16);

    const passed = at.filter(
      (byte) => bundle(changedEnvelope({ payload: flipped(envelope.payload, byte) })).ok,
    );

    expect(at.length).toBeGreaterThan(300);
    expect(passed).toEqual([]);
  });

  test('not a byte of its signature', () => {
    const { sig = '' } = envelope.signatures[0] ?? {};
    const at = positions(sig);

    const passed = at.filter(
      (byte) => bundle(changedEnvelope({ signatures: [{ sig: flipped(sig, byte) }] })).ok,
    );

    expect(at.length).toBeGreaterThan(60);
    expect(passed).toEqual([]);
  });

  test.each([
    {
      it: 'the type of its payload',
      text: changedEnvelope({ payloadType: 'application/json' }),
      says: 'its payload is application/json, not application/vnd.in-toto+json',
    },
    {
      it: 'a signature that is missing',
      text: changedEnvelope({ signatures: [] }),
      says: 'dsseEnvelope.signatures',
    },
    {
      it: 'a second signature, even a good one',
      text: changedEnvelope({ signatures: [...envelope.signatures, ...envelope.signatures] }),
      says: 'several signatures, where one belongs',
    },
    {
      it: 'characters that base64 has not',
      text: changedEnvelope({ payload: `${envelope.payload}\n` }),
      says: 'not base64',
    },
    {
      it: 'another kind of document',
      text: changed({ mediaType: 'application/vnd.dev.sigstore.bundle.v0.4+json' }),
      says: 'no Sigstore bundle of version 0.1, 0.2 or 0.3',
    },
    {
      it: 'content beside it that is not understood',
      text: changed({ messageSignature: {} }),
      says: 'no Sigstore bundle with an attestation',
    },
    {
      it: 'an envelope that is missing',
      text: changed({ dsseEnvelope: null }),
      says: 'dsseEnvelope',
    },
  ])('not $it', ({ text, says }) => {
    expect(bundle(text)).toEqual({ ok: false, reason: expect.stringContaining(says) });
  });

  test.each(['', 'null', '[]', '"signed"', '{"mediaType":'])('%j is none', (text) => {
    expect(bundle(text)).toMatchObject({ ok: false });
    expect(
      attested({ format: 'dsse-envelope', bytes: Buffer.from(text) }, { trusted: ring(pipeline), digests }),
    ).toMatchObject({ ok: false });
  });

  test.each(['0.1', '0.2', '0.3'])('a bundle of version %s is read under its older name, too', (version) => {
    const renamed = changed({ mediaType: `application/vnd.dev.sigstore.bundle+json;version=${version}` });

    expect(bundle(renamed)).toMatchObject({ ok: true });
  });
});

describe('a statement that is signed', () => {
  const statement = {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://cosign.sigstore.dev/attestation/vuln/v1',
    subject: [{ name: 'shop/api', digest: { sha256: index.slice(7) } }],
    predicate: { scanner: { result: {} } },
  };

  test.each([
    { it: 'by ECDSA P-256', pair: keys('P-256'), digest: 'sha256' },
    { it: 'by ECDSA P-384', pair: keys('P-384'), digest: 'sha384' },
    { it: 'by ECDSA P-384 as older versions of cosign do', pair: keys('P-384'), digest: 'sha256' },
    { it: 'by RSA', pair: keys('rsa'), digest: 'sha256' },
    { it: 'by Ed25519', pair: keys('ed25519'), digest: undefined },
  ])('$it is known by its key, and by no other of the kind', ({ pair, digest }) => {
    const envelope = sealed(statement, pair.privateKey, digest);
    const other = sealed(statement, keys('P-256').privateKey, 'sha256');

    expect(bare(envelope, pair.signer)).toMatchObject({ ok: true });
    expect(bare(other, pair.signer)).toMatchObject({ ok: false });
  });

  test('has no byte that could be another', () => {
    const { privateKey, signer } = keys('P-256');
    const of = sealed(statement, privateKey, 'sha256');
    const at = positions(of.payload);

    const passed = at.filter((byte) => bare({ ...of, payload: flipped(of.payload, byte) }, signer).ok);

    expect(at.length).toBeGreaterThan(200);
    expect(passed).toEqual([]);
  });

  test('twice counts if one of its keys is in the configuration', () => {
    const [ours, others] = [keys('P-256'), keys('P-256')];
    const envelope = sealed(statement, others.privateKey, 'sha256');
    envelope.signatures.push(...sealed(statement, ours.privateKey, 'sha256').signatures);

    expect(bare(envelope, ours.signer)).toMatchObject({ ok: true });
    expect(bare(envelope, keys('P-256').signer)).toMatchObject({ ok: false });
  });

  test('may be about the image for the platform, and about others too', () => {
    const { privateKey, signer } = keys('P-256');
    const subject = [{ digest: { sha256: '0'.repeat(64) } }, { digest: { sha256: child.slice(7) } }];

    expect(bare(sealed({ ...statement, subject }, privateKey, 'sha256'), signer)).toMatchObject({
      ok: true,
    });
  });

  test.each([
    { it: 'about nothing', change: { subject: [] }, says: 'no in-toto statement: subject' },
    {
      it: 'about what is named by another digest',
      change: { subject: [{ digest: { sha512: index.slice(7) } }] },
      says: 'about another image: nothing with a SHA-256',
    },
    {
      it: 'of provenance',
      change: { predicateType: 'https://slsa.dev/provenance/v1' },
      says: 'it attests https://slsa.dev/provenance/v1, not https://cosign.sigstore.dev/attestation/vuln/v1',
    },
    { it: 'of no known form', change: { _type: 'https://in-toto.io/Statement/v2' }, says: '_type' },
    { it: 'of nothing', change: { predicate: null }, says: 'no in-toto statement: predicate' },
  ])('and is $it is refused', ({ change, says }) => {
    const { privateKey, signer } = keys('P-256');

    const read = bare(sealed({ ...statement, ...change }, privateKey, 'sha256'), signer);

    expect(read).toEqual({ ok: false, reason: expect.stringContaining(says) });
  });
});

describe('a public key', () => {
  test('has the same fingerprint as PEM and as KMS answers it', () => {
    const { key } = keys('P-256');

    const der = publicKey(key.export({ type: 'spki', format: 'der' }));

    expect(der.fingerprint).toBe(
      publicKey(key.export({ type: 'spki', format: 'pem' }).toString()).fingerprint,
    );
    expect(der.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    {
      it: 'a private key',
      pem: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      says: 'is no public key in PEM form',
    },
    { it: 'nothing', pem: '', says: 'is no public key in PEM form' },
    {
      it: 'half a key',
      pem: '-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n',
      says: 'cannot be read',
    },
    {
      it: 'a curve that cosign has not',
      pem: pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey),
      says: 'is secp256k1: what is verified here is',
    },
    {
      it: 'RSA that is too short',
      pem: pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
      says: 'is rsa of 1024 bits',
    },
    {
      it: 'a key that signs nothing',
      pem: pemOf(generateKeyPairSync('x25519').publicKey),
      says: 'is x25519',
    },
  ])('$it is none', ({ pem, says }) => {
    expect(() => publicKey(pem)).toThrow(says);
  });
});

function keys(kind: 'P-256' | 'P-384' | 'rsa' | 'ed25519') {
  const { publicKey: key, privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : kind === 'ed25519'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve: kind });
  return { key, privateKey, signer: keySigner(kind, publicKey(pemOf(key))) };
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function sealed(statement: object, privateKey: KeyObject, digest: string | undefined) {
  const payload = Buffer.from(JSON.stringify(statement));
  const payloadType = 'application/vnd.in-toto+json';
  const message = preAuthenticationEncoding({ payloadType, payload });
  const sig = sign(digest, message, privateKey).toString('base64');
  return { payload: payload.toString('base64'), payloadType, signatures: [{ keyid: '', sig }] };
}
