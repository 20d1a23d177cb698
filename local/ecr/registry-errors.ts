/** Errors of the registry's HTTP API: OCI's codes and bodies. What ECR's own API refuses keeps its sentence. */
import { AwsError } from '../aws-service.ts';

/** A refusal of the OCI distribution API. */
export class RegistryError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** ECR's registry is a front of its API: 405 for a manifest it cannot read is what clients of ECR see. */
const translated: Record<string, [status: number, code: string]> = {
  RepositoryNotFoundException: [404, 'NAME_UNKNOWN'],
  ImageTagAlreadyExistsException: [400, 'TAG_INVALID'],
  LayersNotFoundException: [400, 'MANIFEST_BLOB_UNKNOWN'],
  ReferencedImagesNotFoundException: [400, 'MANIFEST_BLOB_UNKNOWN'],
  ImageDigestDoesNotMatchException: [400, 'DIGEST_INVALID'],
  InvalidParameterException: [405, 'UNSUPPORTED'],
};

/** Throws on what is neither ours nor ECR's: a mistake in the model must not look like an answer. */
export function errorResponse(error: unknown): Response {
  if (error instanceof RegistryError) return body(error.status, error.code, error.message, error.headers);
  const [status, code] = (error instanceof AwsError && translated[error.code]) || [];
  if (status === undefined || code === undefined) throw error;
  return body(status, code, (error as AwsError).message, {});
}

function body(status: number, code: string, message: string, headers: Record<string, string>) {
  return Response.json({ errors: [{ code, message }] }, { status, headers });
}
