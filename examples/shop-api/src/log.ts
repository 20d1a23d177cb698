/** One JSON line for each thing worth knowing: what CloudWatch Logs can search. */

export type Fields = Readonly<Record<string, string | number | boolean>>;

export interface Log {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

export function createLog(write: (line: string) => void, always: Fields = {}): Log {
  const at =
    (level: string) =>
    (message: string, fields: Fields = {}) =>
      write(JSON.stringify({ time: new Date().toISOString(), level, message, ...always, ...fields }));
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
