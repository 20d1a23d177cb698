/** Reads what a bundle is made of: clients of the SDK, libraries, and what should not be there. */
import type { Contents } from './build.ts';

/** `@aws-sdk/client-ecs` of a file in it; undefined for our own files. */
const packageOf = (file: string): string | undefined =>
  /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];

/** As `ecs` and `cloudwatch-logs`, sorted. */
export function clientsIn({ files }: Contents): string[] {
  const clients = [...files.keys()].flatMap(
    (file) => /^@aws-sdk\/client-(.*)$/.exec(packageOf(file) ?? '')?.[1] ?? [],
  );
  return [...new Set(clients)].sort();
}

/** Our own files: `functions/lambda.ts`. */
export const ownFiles = ({ files }: Contents): string[] =>
  [...files.keys()].filter((file) => packageOf(file) === undefined);

/** The same clients with the same commands, and nothing else: as somebody would write it who knows only the SDK. */
export function plainClient(contents: Contents): string {
  return clientsIn(contents)
    .map((client) => {
      const inIt = [...contents.files.keys()].filter(
        (file) => packageOf(file) === `@aws-sdk/client-${client}`,
      );
      const names = inIt.flatMap(
        (file) => /\/dist-es\/(?:commands\/)?(\w+(?:Client|Command))\.js$/.exec(file)?.[1] ?? [],
      );
      return `export { ${names.sort().join(', ')} } from '@aws-sdk/client-${client}';\n`;
    })
    .join('');
}

/** What the bytes of a bundle are, in the order in which they are told. */
export const parts = {
  'clients of the SDK': /^@aws-sdk\/client-/,
  'what all clients share':
    /^(@aws-sdk\/(core|types|xml-builder|middleware|endpoint-cache|dynamodb-codec|util|signature)|@smithy\/(?!credential)|mnemonist|obliterator|tslib|@aws\/)/,
  credentials: /^@(aws-sdk|smithy)\/(credential-provider|nested-clients|token-providers)/,
  zod: /^zod$/,
  'powertools (logger, metrics)': /^@aws-lambda-powertools\//,
  middy: /^@middy\//,
  'sigstore (keyless signatures)': /^@sigstore\//,
  "Tidegate's own": /^$/,
} as const;
export type Part = keyof typeof parts;

/** What is in it because of its clients. */
export const ofTheSdk: readonly Part[] = ['clients of the SDK', 'what all clients share', 'credentials'];

/** Bytes by part. Throws where a file belongs to none. */
export function bytesByPart({ files }: Contents): Record<Part, number> {
  const names = Object.keys(parts) as Part[];
  const bytes = Object.fromEntries(names.map((name) => [name, 0])) as Record<Part, number>;
  for (const [file, size] of files) {
    const part = names.find((name) => parts[name].test(packageOf(file) ?? ''));
    if (!part)
      throw new Error(`${file} belongs to no part of a bundle: give it one in bench/bundles/contents.ts`);
    bytes[part] += size;
  }
  return bytes;
}
