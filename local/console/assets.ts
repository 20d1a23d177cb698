/** The pages' files. Written in TypeScript like all else, so that the same checks hold; browsers get it without the types. */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { securityHeaders } from './headers.ts';

const types: Record<string, string> = {
  ts: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  html: 'text/html; charset=utf-8',
};

/** Undefined where there is no such file. `name` is what a client wrote: only plain names below `page/` are looked for. */
export async function asset(name: string): Promise<Response | undefined> {
  const [, extension = ''] = /^[a-z][a-z-]*\.(ts|css|svg|html)$/.exec(name) ?? [];
  const type = types[extension];
  if (!type) return undefined;
  const text = await readFile(new URL(`page/${name}`, import.meta.url), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return new Response(extension === 'ts' ? stripTypeScriptTypes(text) : text, {
    headers: { ...securityHeaders, 'content-type': type, 'cache-control': 'no-cache' },
  });
}
