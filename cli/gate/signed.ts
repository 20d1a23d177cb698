/** A signed report in a file, verified as a release verifies it, without AWS. */
import { basename } from 'node:path';
import { attested, keySigner, type Signer } from '../../core/attestation/attested.ts';
import { describedSigner } from '../../core/attestation/described-signer.ts';
import { publicKey } from '../../core/attestation/public-key.ts';
import { digestSchema } from '../../core/image.ts';
import { reportIn } from '../../core/scan/cosign-vuln.ts';
import { type ScanResult, scanResult } from '../../core/scan/finding.ts';
import type { ScanPolicy } from '../../core/scan/policy.ts';
import { maxReportBytes } from '../../core/scan/report.ts';
import { NotUsable } from './not-usable.ts';
import { readText } from './read.ts';

export interface AskedBundle {
  bundle: string;
  /** Files with public keys as PEM; those of the policy where there are none. */
  key?: string[] | undefined;
  /** Of the image that it is to be about. */
  digest?: string | undefined;
}

const maxKeyBytes = 16 * 1024;

/** Rejects with a `NotUsable` where the signature, or what it is about, is not what it must be. */
export async function readSigned(
  { bundle, key = [], digest }: AskedBundle,
  { signedBy }: Pick<ScanPolicy, 'signedBy'>,
): Promise<{ result: ScanResult; signedBy: string }> {
  const image = digestSchema.safeParse(digest);
  if (!image.success) {
    throw new NotUsable('--digest must say which image the bundle is to be about: sha256: and 64 hex digits');
  }
  const signers = key.length > 0 ? await Promise.all(key.map(signerIn)) : signersOf(signedBy);
  const bytes = Buffer.from(await readText(bundle, maxReportBytes));
  // One of the two, and each is refused as the other.
  const format = bytes.includes('"dsseEnvelope"') ? 'sigstore-bundle' : 'dsse-envelope';
  const said = attested({ format, bytes }, { trusted: { signers, unread: [] }, digests: [image.data] });
  if (!said.ok) throw new NotUsable(`${bundle} is no evidence: ${said.reason}`);
  const parsed = reportIn(said.predicate, said.payload);
  if (!parsed.ok) throw new NotUsable(`${bundle} is no evidence: it is ${parsed.reason}`);
  return { result: scanResult(parsed.report), signedBy: said.signedBy ?? '' };
}

async function signerIn(file: string): Promise<Signer> {
  const pem = await readText(file, maxKeyBytes);
  return describing(file, () => keySigner(basename(file), publicKey(pem)));
}

function signersOf(signedBy: ScanPolicy['signedBy']): Signer[] {
  const signers = signedBy.flatMap(
    (setting) => describing(setting.name, () => describedSigner(setting)) ?? [],
  );
  if (signers.length > 0) return signers;
  throw new NotUsable(
    '--key must name a file with a public key: the policy names nobody whose signature can be verified without KMS',
  );
}

function describing<Made>(what: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw new NotUsable(`${what} ${(error as Error).message}`);
  }
}
