/** Attaches a scan report to an image: an OCI referrer, as `oras attach` makes it. */
import { type Blob, blobOf, descriptorOf, jsonBlob, mediaTypes } from './build-image.ts';
import { type RegistryAccess, registryClient } from './registry-client.ts';

export const trivyReportType = 'application/vnd.aquasec.trivy.report.v2+json';

export interface ReportToAttach extends RegistryAccess {
  /** The image's manifest or index. */
  subject: Pick<Blob, 'mediaType' | 'digest' | 'size'>;
  /** The report, as the file that a scanner wrote. */
  report: string;
  created: Date;
  /** Of something else than a report of Trivy's own. */
  artifactType?: string | undefined;
  annotations?: Record<string, string> | undefined;
}

/** Answers the referrer's digest. Each call makes another one, unless report and time are the same. */
export async function attachReport(attaching: ReportToAttach): Promise<string> {
  const { subject, report, created, artifactType = trivyReportType, annotations, ...access } = attaching;
  const client = registryClient(access);
  const layer = blobOf('application/json', new TextEncoder().encode(report));
  const config = jsonBlob(mediaTypes.empty, {});
  const manifest = jsonBlob(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType,
    config: { ...descriptorOf(config), data: 'e30=' },
    layers: [{ ...descriptorOf(layer), annotations: { 'org.opencontainers.image.title': 'trivy.json' } }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    annotations: { ...annotations, 'org.opencontainers.image.created': isoSeconds(created) },
  });

  await client.putBlob(config);
  await client.putBlob(layer);
  await client.putManifest(manifest, manifest.digest);
  return manifest.digest;
}

const isoSeconds = (time: Date) => `${time.toISOString().slice(0, 19)}Z`;
