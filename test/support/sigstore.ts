/** A Sigstore of a test's own: an authority that certifies who somebody is, and two logs. Nothing of it is anybody's but the test's. */
import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto';
import { preAuthenticationEncoding } from '../../core/attestation/envelope.ts';

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });
const sha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'buffer');

function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes);
const octets = (bytes: Uint8Array) => der(0x04, bytes);
const time = (at: number) =>
  der(0x18, Buffer.from(`${new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`));
const extension = (id: string, value: Uint8Array, critical = false) =>
  sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), octets(value));
const named = (name: string) => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const oids = {
  ...{ subjectKey: '551d0e', keyUsage: '551d0f', alternativeName: '551d11', constraints: '551d13' },
  ...{ authorityKey: '551d23', extendedUsage: '551d25', codeSigning: '2b06010505070303' },
  ...{ issuer: '2b0601040183bf300108', certificateTimestamps: '2b06010401d679020402' },
};

interface Certified {
  subject: string;
  issuer: string;
  /** ms since the epoch. The certificate is good for ten minutes from then. */
  at: number;
}

export function sigstore(born: number) {
  const authority = pair();
  const log = pair();
  const certificateLog = pair();
  const authorityName = named('a test');
  const keyId = sha256(spki(authority.publicKey)).subarray(0, 20);
  const signedBy = (key: KeyObject, tbs: Uint8Array) =>
    sequence(tbs, ecdsaWithSha256, bits(sign('sha256', tbs, key)));

  const toBeSigned = (
    subject: Uint8Array,
    key: KeyObject,
    [from, until]: [number, number],
    extensions: Uint8Array[],
  ) =>
    sequence(
      ...[
        der(0xa0, der(0x02, Buffer.from([2]))),
        der(0x02, Buffer.from([1])),
        ecdsaWithSha256,
        authorityName,
      ],
      ...[sequence(time(from), time(until)), subject, spki(key), der(0xa3, sequence(...extensions))],
    );

  const root = signedBy(
    authority.privateKey,
    toBeSigned(
      authorityName,
      authority.publicKey,
      [born, born + 3e12],
      [
        extension(oids.keyUsage, der(0x03, Buffer.from([1, 0x06])), true),
        extension(oids.constraints, sequence(der(0x01, Buffer.from([0xff]))), true),
        extension(oids.subjectKey, octets(keyId)),
      ],
    ),
  );

  function certificate({ subject, issuer, at }: Certified, key: KeyObject): Buffer {
    const extensions = [
      extension(oids.keyUsage, der(0x03, Buffer.from([7, 0x80])), true),
      extension(oids.extendedUsage, sequence(oid(oids.codeSigning))),
      extension(oids.authorityKey, sequence(der(0x80, keyId))),
      extension(oids.alternativeName, sequence(der(0x86, Buffer.from(subject))), true),
      extension(oids.issuer, der(0x0c, Buffer.from(issuer))),
    ];
    const made = (more: Uint8Array[]) =>
      toBeSigned(sequence(), key, [at, at + 600_000], [...extensions, ...more]);
    const timestamps = certificateTimestamps(made([]), at);
    return signedBy(authority.privateKey, made([extension(oids.certificateTimestamps, octets(timestamps))]));
  }

  /** RFC 6962, 3.2 and 3.3. */
  function certificateTimestamps(tbs: Buffer, at: number): Buffer {
    const number = (value: number | bigint, bytes: number) =>
      Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex');
    const head = Buffer.concat([
      number(0, 1),
      sha256(spki(certificateLog.publicKey)),
      number(at, 8),
      number(0, 2),
    ]);
    const signed = Buffer.concat([
      ...[number(0, 2), number(at, 8), number(1, 2), sha256(spki(authority.publicKey))],
      ...[number(tbs.length, 3), tbs, number(0, 2)],
    ]);
    const signature = sign('sha256', signed, certificateLog.privateKey);
    const timestamp = Buffer.concat([head, number(0x0403, 2), number(signature.length, 2), signature]);
    const list = Buffer.concat([number(timestamp.length, 2), timestamp]);
    return Buffer.concat([number(list.length, 2), list]);
  }

  const instance = (of: KeyObject) => ({
    baseUrl: 'https://log.test',
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: spki(of).toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start: new Date(born).toISOString() },
    },
    logId: { keyId: sha256(spki(of)).toString('base64') },
  });

  return {
    trustedRoot: {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [instance(log.publicKey)],
      ctlogs: [instance(certificateLog.publicKey)],
      certificateAuthorities: [
        {
          subject: { organization: 'test', commonName: 'a test' },
          uri: 'https://authority.test',
          certChain: { certificates: [{ rawBytes: root.toString('base64') }] },
          validFor: { start: new Date(born).toISOString() },
        },
      ],
      timestampAuthorities: [],
    },

    /** As cosign signs without a key: a bundle. `loggedAt`: when the log took the entry, ms since the epoch. */
    attest(statement: object, who: Certified, loggedAt = who.at + 5000) {
      const { publicKey, privateKey } = pair();
      const payload = Buffer.from(JSON.stringify(statement));
      const payloadType = 'application/vnd.in-toto+json';
      const signature = sign('sha256', preAuthenticationEncoding({ payloadType, payload }), privateKey);
      const body = Buffer.from(
        JSON.stringify({
          apiVersion: '0.0.1',
          kind: 'dsse',
          spec: {
            payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
            signatures: [{ signature: signature.toString('base64') }],
          },
        }),
      ).toString('base64');
      const logId = sha256(spki(log.publicKey));
      const integratedTime = Math.floor(loggedAt / 1000);
      const promised = JSON.stringify({ body, integratedTime, logID: logId.toString('hex'), logIndex: 7 });
      return {
        mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
        verificationMaterial: {
          x509CertificateChain: {
            certificates: [{ rawBytes: certificate(who, publicKey).toString('base64') }],
          },
          tlogEntries: [
            {
              logIndex: '7',
              logId: { keyId: logId.toString('base64') },
              kindVersion: { kind: 'dsse', version: '0.0.1' },
              integratedTime: String(integratedTime),
              inclusionPromise: {
                signedEntryTimestamp: sign('sha256', Buffer.from(promised), log.privateKey).toString(
                  'base64',
                ),
              },
              canonicalizedBody: body,
            },
          ],
        },
        dsseEnvelope: {
          payload: payload.toString('base64'),
          payloadType,
          signatures: [{ sig: signature.toString('base64') }],
        },
      };
    },
  };
}
