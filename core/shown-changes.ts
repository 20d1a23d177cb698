/** The difference of two task definitions as people may see it: that a value changed, but never a value that may be a secret. */
import { digestOf, ofOneRepository, shortDigest } from './image.ts';
import { byName, type Change, registrable, type TaskDefinition } from './task-definition.ts';

/** Stands for a value. */
export const masked = '(hidden)';

/**
 * Values of environment variables, of secrets (their ARNs tell how they are called), and of the options of log drivers and
 * of Docker's volumes (a share's password is one). Build arguments and commands are not: who puts secrets there shows them to
 * everybody who may describe a task definition.
 */
const hidden = [
  /\.environment\..+\.value$/,
  /\.(secrets|secretOptions)\..*\.valueFrom$/,
  /\.logConfiguration\.options\./,
  /\.repositoryCredentials\./,
  /\.driverOpts\./,
];

/** Options of log drivers that name places, not tokens. */
const harmless = /\.logConfiguration\.options\.(awslogs|awsfirelens|mode|max)-[^.]*$/;

const isHidden = (path: string) => hidden.some((pattern) => pattern.test(path)) && !harmless.test(path);

/** Leaf by leaf, also of what is there on one side only; what has a name is called by it, so that one variable more is one change. */
export function shownChanges(before: TaskDefinition, after: TaskDefinition): Change[] {
  const [from, to] = [leaves(registrable(before)), leaves(registrable(after))];
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort();
  return paths.flatMap((path) => {
    const change = { path, before: from.get(path) ?? '', after: to.get(path) ?? '' };
    if (change.before === change.after && from.has(path) === to.has(path)) return [];
    return isHidden(path) ? hide(change) : change;
  });
}

/** For who has little room: an image that becomes another of its repository, by their digests alone. */
export function briefly({ path, before, after }: Change): Change {
  const [from, to] = [digestOf(before), digestOf(after)];
  if (!from || !to || !ofOneRepository(before, after)) return { path, before, after };
  return { path, before: shortDigest(from), after: shortDigest(to) };
}

const hide = ({ path, before, after }: Change): Change => ({
  path,
  before: before && masked,
  after: after && masked,
});

/** Texts by their paths. */
function leaves(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null)
    return new Map([[path, typeof value === 'string' ? value : JSON.stringify(value)]]);
  const children = Object.entries(byName(value));
  if (children.length === 0) return new Map([[path, JSON.stringify(value)]]);
  return new Map(
    children.flatMap(([key, child]) => [...leaves(child, path === '' ? key : `${path}.${key}`)]),
  );
}
