/** The sample service as an image, built from `examples/my-api/server.mjs` without an engine. */
import { readFile } from 'node:fs/promises';
import { type BuiltImage, buildImage } from './build-image.ts';
import type { Variant } from './variants.ts';

export interface SampleImage {
  service: string;
  variant: Variant;
  /** Also its version. */
  tag: string;
  /** The commit it claims to be built from: 40 hex digits. */
  revision: string;
  created: Date;
  architecture?: string | undefined;
}

/** Its program, read once. */
let server: Promise<string> | undefined;

export async function sampleImage(sample: SampleImage): Promise<BuiltImage> {
  const { service, variant, tag, revision, created } = sample;
  const architecture = sample.architecture ?? (process.arch === 'x64' ? 'amd64' : process.arch);
  server ??= readFile(new URL('../../examples/my-api/server.mjs', import.meta.url), 'utf8');
  const env = { PORT: '8080', VERSION: tag, REVISION: revision, ...variant.env };
  const packages = variant.packages.map(({ name, version }) => ({
    path: `app/node_modules/${name}/package.json`,
    content: JSON.stringify({ name, version }),
  }));

  return buildImage({
    layers: [debian(architecture), [{ path: 'app/server.mjs', content: await server }, ...packages]],
    config: {
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      Entrypoint: ['node', 'server.mjs'],
      WorkingDir: '/app',
      ExposedPorts: { '8080/tcp': {} },
      Labels: {
        'org.opencontainers.image.title': service,
        'org.opencontainers.image.version': tag,
        'org.opencontainers.image.revision': revision,
        'org.opencontainers.image.source': `https://github.com/example/${service}`,
        'org.opencontainers.image.created': created.toISOString(),
        'org.opencontainers.image.authors': 'Ada Example <ada@example.com>',
      },
    },
    created,
    architecture,
  });
}

/** Just enough of the base image for a scanner to find what its report says: the local world brings Node itself. */
const debian = (architecture: string) => [
  {
    path: 'etc/os-release',
    content: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n',
  },
  { path: 'etc/debian_version', content: '12.11\n' },
  {
    path: 'var/lib/dpkg/status',
    content: `Package: apt\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: 2.6.1\n\n`,
  },
];
