/** dynalite ships no types; only this much of it is used. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }
  /** An HTTP server that is not listening yet, over a store in memory. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
