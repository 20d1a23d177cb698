/** What an attestation comes in: a Sigstore bundle, or the bare DSSE envelope that cosign 2 left under `sha256-….att`. */
import * as z from 'zod';

/** Type and content of what was signed, and the signatures over both. Nothing of it is verified. */
export interface Envelope {
  payloadType: string;
  payload: Buffer;
  signatures: Buffer[];
  /** All of the Sigstore bundle that it was in: with what proves whose signature it is where that is no known key. */
  bundle?: object;
}

export type ReadEnvelope = { ok: true; envelope: Envelope } | { ok: false; reason: string };

const maxSignatures = 10;

// Unknown fields are mistakes here: what is not understood may be what limits the rest.
const dsseSchema = z.strictObject({
  payload: z.string().min(1),
  payloadType: z.string().min(1).max(200),
  signatures: z
    .array(z.strictObject({ sig: z.string().min(1).max(8192), keyid: z.string().max(1024).optional() }))
    .min(1)
    .max(maxSignatures),
});

const bundleSchema = z.strictObject({
  mediaType: z
    .string()
    .regex(
      /^application\/vnd\.dev\.sigstore\.bundle(\.v0\.3\+json|\+json;version=0\.[123])$/,
      'no Sigstore bundle of version 0.1, 0.2 or 0.3',
    ),
  // What it says of certificates and logs is looked at only where somebody without a key of their own may sign.
  verificationMaterial: z.looseObject({}),
  dsseEnvelope: dsseSchema,
});

/** Reads a Sigstore bundle; never throws. The caller bounds its size. */
export function readBundle(text: string): ReadEnvelope {
  const read = parsed(bundleSchema, text, 'no Sigstore bundle with an attestation');
  if (!read.ok) return read;
  if (read.value.dsseEnvelope.signatures.length > 1) {
    return { ok: false, reason: 'a Sigstore bundle with several signatures, where one belongs' };
  }
  const inside = decoded(read.value.dsseEnvelope);
  return inside.ok ? { ok: true, envelope: { ...inside.envelope, bundle: read.value } } : inside;
}

/** Reads a DSSE envelope; never throws. The caller bounds its size. */
export function readEnvelope(text: string): ReadEnvelope {
  const read = parsed(dsseSchema, text, 'no DSSE envelope');
  return read.ok ? decoded(read.value) : read;
}

function parsed<Value>(
  schema: z.ZodType<Value>,
  text: string,
  otherwise: string,
): { ok: true; value: Value } | { ok: false; reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'not JSON' };
  }
  const read = schema.safeParse(value);
  if (read.success) return { ok: true, value: read.data };
  const [{ path, message } = { path: [], message: 'unreadable' }] = read.error.issues;
  return { ok: false, reason: `${otherwise}: ${path.join('.') || 'the document'}: ${message}` };
}

function decoded({ payload, payloadType, signatures }: z.output<typeof dsseSchema>): ReadEnvelope {
  const content = base64(payload);
  const decodedSignatures = signatures.flatMap(({ sig }) => base64(sig) ?? []);
  if (!content || decodedSignatures.length < signatures.length) {
    return { ok: false, reason: 'an envelope whose payload or signature is not base64' };
  }
  return { ok: true, envelope: { payloadType, payload: content, signatures: decodedSignatures } };
}

/** DSSE allows both alphabets. Node skips what is in neither, so what comes out must lead back. */
function base64(text: string): Buffer | undefined {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Buffer.from(standard, 'base64');
  return bytes.toString('base64') === standard ? bytes : undefined;
}

/** DSSE's pre-authentication encoding: what a signature is over, so that a type cannot be taken for another. */
export function preAuthenticationEncoding({
  payloadType,
  payload,
}: Pick<Envelope, 'payloadType' | 'payload'>): Buffer {
  const type = Buffer.from(payloadType);
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}
