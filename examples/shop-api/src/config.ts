/** What the environment of the process says, checked before anything starts. */

export interface Config {
  port: number;
  databaseUrl: string;
  redisUrl: string;
  /** How old a product may be that is answered from Redis. */
  cacheSeconds: number;
  /** How long requests under way get after SIGTERM: less than the container's `stopTimeout`. */
  shutdownSeconds: number;
  /** Of the image. */
  version: string;
  revision: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws one error that names every mistake. */
export function readConfig(env: Environment): Config {
  const mistakes: string[] = [];
  const config = {
    port: whole(env, 'PORT', 8080, 0, 65_535, mistakes),
    databaseUrl: address(env, 'DATABASE_URL', ['postgres:', 'postgresql:'], mistakes),
    redisUrl: address(env, 'REDIS_URL', ['redis:', 'rediss:'], mistakes),
    cacheSeconds: whole(env, 'CACHE_SECONDS', 60, 1, 86_400, mistakes),
    shutdownSeconds: whole(env, 'SHUTDOWN_SECONDS', 25, 1, 115, mistakes),
    version: env.VERSION ?? 'dev',
    revision: env.REVISION ?? 'unknown',
  };
  refuse(mistakes);
  return config;
}

/** A migration asks nothing of Redis. */
export function readDatabaseUrl(env: Environment): string {
  const mistakes: string[] = [];
  const url = address(env, 'DATABASE_URL', ['postgres:', 'postgresql:'], mistakes);
  refuse(mistakes);
  return url;
}

function refuse(mistakes: readonly string[]) {
  if (mistakes.length > 0) throw new Error(`the environment is wrong: ${mistakes.join('; ')}`);
}

function whole(
  env: Environment,
  name: string,
  otherwise: number,
  least: number,
  most: number,
  mistakes: string[],
): number {
  const text = env[name] ?? String(otherwise);
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  mistakes.push(`${name} has to be a whole number from ${least} to ${most}`);
  return otherwise;
}

/** The value itself is never in the message: it has a password. */
function address(env: Environment, name: string, protocols: readonly string[], mistakes: string[]): string {
  const text = env[name];
  if (!text) mistakes.push(`${name} is not set`);
  else if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) {
    mistakes.push(`${name} has to start with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
  }
  return text ?? '';
}
