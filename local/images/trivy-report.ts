/** The report that `trivy image --format json` would write about an image, with findings that are given. */
import type { BuiltImage } from './build-image.ts';
import type { Finding } from './findings.ts';

export interface ReportToWrite {
  /** As the scanner was asked for it: `<registry>/<repository>`. */
  repository: string;
  tag: string;
  image: BuiltImage;
  findings: Finding[];
  createdAt: Date;
}

/** Bound to the image twice: `RepoDigests` has its manifest's digest, `ImageID` is its config's. */
export function trivyReport({ repository, tag, image, findings, createdAt }: ReportToWrite) {
  const name = `${repository}:${tag}`;
  const layers = image.layers.map(({ digest, diffId, size }) => ({
    Size: size,
    Digest: digest,
    DiffID: diffId,
  }));
  const ofPackages = (test: (finding: Finding) => boolean, layer: number) =>
    findings
      .filter(test)
      .map((finding) =>
        vulnerability(finding, image.architecture, layers[Math.min(layer, layers.length - 1)]),
      );
  const ofSystem = ofPackages(({ PkgPath }) => PkgPath === undefined, 0);
  const ofApplication = ofPackages(({ PkgPath }) => PkgPath !== undefined, 1);

  return {
    SchemaVersion: 2,
    Trivy: { Version: '0.69.3' },
    ReportID: `${image.manifest.digest.slice(7, 15)}-0000-7000-8000-${image.manifest.digest.slice(15, 27)}`,
    CreatedAt: createdAt.toISOString(),
    ArtifactID: image.config.digest,
    ArtifactName: name,
    ArtifactType: 'container_image',
    Metadata: {
      Size: image.layers.reduce((total, { size }) => total + size, 0),
      OS: { Family: 'debian', Name: '12.11' },
      ImageID: image.config.digest,
      DiffIDs: image.layers.map(({ diffId }) => diffId),
      RepoTags: [name],
      RepoDigests: [`${repository}@${image.manifest.digest}`],
      Reference: name,
      ImageConfig: JSON.parse(new TextDecoder().decode(image.config.bytes)) as { architecture: string },
      Layers: layers,
    },
    Results: [
      {
        Target: `${name} (debian 12.11)`,
        Class: 'os-pkgs',
        Type: 'debian',
        ...(ofSystem.length > 0 && { Vulnerabilities: ofSystem }),
      },
      {
        Target: 'Node.js',
        Class: 'lang-pkgs',
        Type: 'node-pkg',
        ...(ofApplication.length > 0 && { Vulnerabilities: ofApplication }),
      },
    ],
  };
}

function vulnerability(
  finding: Finding,
  architecture: string,
  layer: { Digest: string; DiffID: string } | undefined,
) {
  const PURL = finding.PkgIdentifier.PURL.replace('arch=amd64', `arch=${architecture}`);
  return {
    ...finding,
    PkgIdentifier: { PURL },
    ...(layer && { Layer: { Digest: layer.Digest, DiffID: layer.DiffID } }),
  };
}
