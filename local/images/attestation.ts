/** What `trivy convert --format cosign-vuln` and then `cosign attest --type vuln --key …` make of a report: a Sigstore bundle. */
import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';

export const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const predicateType = 'https://cosign.sigstore.dev/attestation/vuln/v1';

/** Of the manifest that a bundle is attached by. */
export const bundleAnnotations = {
  'dev.sigstore.bundle.content': 'dsse-envelope',
  'dev.sigstore.bundle.predicateType': predicateType,
};

/** `digest`: of the image that it is about. `privateKey`: on P-256. */
export function attestation(report: string, digest: string, privateKey: KeyObject): string {
  const result = JSON.parse(report) as { CreatedAt: string; Trivy: { Version: string } };
  const payload = Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType,
      subject: [{ name: 'my-api', digest: { sha256: digest.replace('sha256:', '') } }],
      predicate: {
        invocation: { parameters: null, uri: '', event_id: '', 'builder.id': '' },
        scanner: {
          uri: `pkg:github/aquasecurity/trivy@${result.Trivy.Version}`,
          version: result.Trivy.Version,
          db: { uri: '', version: '' },
          result,
        },
        metadata: { scanStartedOn: result.CreatedAt, scanFinishedOn: result.CreatedAt },
      },
    }),
  );
  const payloadType = 'application/vnd.in-toto+json';
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `),
    payload,
  ]);
  const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return JSON.stringify({
    mediaType: bundleType,
    verificationMaterial: { publicKey: { hint: createHash('sha256').update(der).digest('base64') } },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType,
      signatures: [{ sig: sign('sha256', signed, privateKey).toString('base64') }],
    },
  });
}
