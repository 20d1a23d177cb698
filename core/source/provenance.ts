/** What BuildKit says of how it made an image (SLSA provenance 0.2 and 1), as the texts that a builder might have put on it. */
import * as z from 'zod';

const sourceSchema = z.object({
  uri: z.string().optional(),
  digest: z.object({ sha1: z.string().optional() }).optional(),
});
const dependenciesSchema = z.array(
  z.object({ uri: z.string(), digest: z.object({ sha256: z.string().optional() }).optional() }),
);
const vcsSchema = z.object({ source: z.string().optional(), revision: z.string().optional() });

/** What is not as BuildKit writes it is left out, and the rest is read. */
const part = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);
const buildkit = 'https://mobyproject.org/buildkit@v1#metadata';
const statementSchema = z.object({
  predicateType: z.string().regex(/^https:\/\/slsa\.dev\/provenance\/v(0\.2|1)$/),
  subject: z.array(z.object({ digest: z.object({ sha256: z.string() }) })),
  predicate: z.object({
    invocation: part(z.object({ configSource: sourceSchema })),
    materials: part(dependenciesSchema),
    metadata: part(z.object({ [buildkit]: z.object({ vcs: vcsSchema }) })),
    buildDefinition: part(
      z.object({
        externalParameters: part(z.object({ configSource: sourceSchema })),
        resolvedDependencies: part(dependenciesSchema),
      }),
    ),
    runDetails: part(z.object({ metadata: z.object({ buildkit_metadata: z.object({ vcs: vcsSchema }) }) })),
  }),
});

/** Undefined where it is no provenance, or that of another image. `document`: what was written, parsed. */
export function provenanceTexts(document: unknown, image: string): Record<string, string> | undefined {
  const { data } = statementSchema.safeParse(document);
  if (!data?.subject.some(({ digest }) => `sha256:${digest.sha256}` === image)) return undefined;
  const { invocation, materials, metadata, buildDefinition, runDetails } = data.predicate;
  const source = buildDefinition?.externalParameters?.configSource ?? invocation?.configSource;
  const vcs = runDetails?.metadata.buildkit_metadata.vcs ?? metadata?.[buildkit].vcs;
  const base = baseIn(buildDefinition?.resolvedDependencies ?? materials ?? []);
  const texts = {
    source: source?.uri || vcs?.source,
    revision: source?.digest?.sha1 ?? vcs?.revision,
    'base.name': base?.name,
    'base.digest': base?.digest,
  };
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) =>
      text ? [[`org.opencontainers.image.${name}`, text]] : [],
    ),
  );
}

/** Of several images, as with several stages, nobody could tell which one the last stage is built on. */
function baseIn(dependencies: z.infer<typeof dependenciesSchema>) {
  const images = dependencies.flatMap(({ uri, digest }) => {
    const [, name, tag] = /^pkg:docker\/([^@?]+)@([^?]+)/.exec(uri) ?? [];
    // What parses the Dockerfile is no part of the image.
    if (!name || /^docker\/(dockerfile|buildkit)/.test(name)) return [];
    return [{ name: `${name}:${tag}`, digest: digest?.sha256 && `sha256:${digest.sha256}` }];
  });
  const names = new Set(images.map(({ name }) => name));
  return names.size === 1 ? images[0] : undefined;
}
