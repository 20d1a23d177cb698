/** Which commit an image was made of, from what its builder wrote on it. Every value is a stranger's text. */
import { digestSchema } from '../image.ts';
import { foreignText, foreignUrl } from './foreign-text.ts';

type Texts = Record<string, string> | null | undefined;

/** Where a builder may have said it. The order is that of trust: labels belong to the image that runs. */
export interface BuilderTexts {
  configLabels?: Texts;
  indexAnnotations?: Texts;
  manifestAnnotations?: Texts;
  /** What BuildKit wrote down beside the image. */
  provenance?: Texts;
  tag: string;
}

export interface ImageCommit {
  /** Mostly a commit hash, but any text of at most 200 characters. */
  revision?: string;
  /** The repository as an http(s) address without credentials, `.git`, query and fragment. */
  source?: string;
  author?: string;
  version?: string;
  /** ISO 8601, UTC. */
  createdAt?: string;
  url?: string;
  /** The image that it was built on: its name and, where that is known, its digest. */
  base?: string;
}

const keys = {
  revision: ['org.opencontainers.image.revision', 'org.label-schema.vcs-ref'],
  source: ['org.opencontainers.image.source', 'org.label-schema.vcs-url'],
  author: ['org.opencontainers.image.authors'],
  version: ['org.opencontainers.image.version', 'org.label-schema.version'],
  createdAt: ['org.opencontainers.image.created', 'org.label-schema.build-date'],
  url: ['org.opencontainers.image.url', 'org.label-schema.url'],
} as const;

/**
 * What is known of the commit, each value from the first place that has a usable one: OCI keys in the labels, the
 * index, the manifest and the provenance, then the older label-schema keys, and for the revision a tag `sha-<hex>`.
 * A base image's labels are inherited by what is built on it; where the builder sets none, they describe the base.
 */
export function commitOf({
  configLabels,
  indexAnnotations,
  manifestAnnotations,
  provenance,
  tag,
}: BuilderTexts): ImageCommit {
  const places = [configLabels, indexAnnotations, manifestAnnotations, provenance];
  const first = (names: readonly string[], read: (text: string) => string | undefined): string | undefined =>
    names
      .flatMap((name) => places.map((place) => place?.[name]))
      .map((text) => (text ? read(text) : undefined))
      .find(Boolean);

  const found = {
    revision: first(keys.revision, foreignText) ?? /^sha-([0-9a-f]{7,64})$/.exec(tag)?.[1],
    source: first(keys.source, repositoryUrl),
    author: first(keys.author, foreignText),
    version: first(keys.version, foreignText),
    createdAt: first(keys.createdAt, instant),
    url: first(keys.url, (text) => foreignUrl(text)?.href),
    base: places.map(baseIn).find(Boolean),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

function baseIn(texts: Texts): string | undefined {
  const name = foreignText(texts?.['org.opencontainers.image.base.name'] ?? '');
  const digest = digestSchema.safeParse(texts?.['org.opencontainers.image.base.digest']).data;
  return name && digest && !name.includes('@') ? `${name}@${digest}` : name;
}

function instant(text: string): string | undefined {
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** As `git clone` takes it, as a browser takes it. */
function repositoryUrl(text: string): string | undefined {
  const web = text
    .trim()
    .replace(/^git\+(?=https?:|ssh:)/i, '')
    .replace(/^[\w.-]+@([\w.-]+):(?!\/)/, 'https://$1/')
    .replace(/^(?:ssh|git):\/\/(?:[^@/]*@)?([^:/]+)(?::\d+)?\//i, 'https://$1/');
  const url = foreignUrl(web);
  if (!url) return undefined;
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname.replace(/(?:\.git)?\/*$/, '');
  return url.href.replace(/\/$/, '');
}

interface Host {
  /** Of the path, such as `/owner/repository`. */
  repository: RegExp;
  commit: (revision: string) => string;
  compare: (from: string, to: string) => string;
}

const ownerAndName = /^\/[^/]+\/[^/]+$/;
const hosts: Record<string, Host> = {
  'github.com': {
    repository: ownerAndName,
    commit: (revision) => `commit/${revision}`,
    compare: (from, to) => `compare/${from}...${to}`,
  },
  'gitlab.com': {
    repository: /^(?:\/(?!-\/)[^/]+){2,}$/, // groups nest
    commit: (revision) => `-/commit/${revision}`,
    compare: (from, to) => `-/compare/${from}...${to}`,
  },
  'bitbucket.org': {
    repository: ownerAndName,
    commit: (revision) => `commits/${revision}`,
    compare: (from, to) => `branches/compare/${to}%0D${from}`, // the newer one comes first
  },
};

const isHash = (text: string | undefined): text is string => /^[0-9a-f]{7,64}$/i.test(text ?? '');

function pageOf(source: string | undefined, page: (host: Host) => string): string | undefined {
  const url = source === undefined ? null : URL.parse(source);
  const host = url && Object.hasOwn(hosts, url.host) ? hosts[url.host] : undefined;
  return url && host?.repository.test(url.pathname)
    ? `https://${url.host}${url.pathname}/${page(host)}`
    : undefined;
}

/** The page of a commit, for a `source` of `commitOf`. Undefined for other hosts and where the revision is no hash. */
export function commitLink(source: string | undefined, revision: string | undefined): string | undefined {
  return isHash(revision) ? pageOf(source, (host) => host.commit(revision)) : undefined;
}

/** The page that shows what is in `to` and not in `from`; both must be commits of `source`. Undefined as for `commitLink`. */
export function compareLink(
  source: string | undefined,
  from: string | undefined,
  to: string | undefined,
): string | undefined {
  if (!isHash(from) || !isHash(to) || from === to) return undefined;
  return pageOf(source, (host) => host.compare(from, to));
}
