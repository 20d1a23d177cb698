/** What no module may do. The architecture test imports it to see that it would be found out. */
import { readFileSync } from 'node:fs';

export const table = process.env.TABLE_NAME;
export const startedAt = [Date.now(), new Date()];
export const text = readFileSync(import.meta.filename, 'utf8');
const timer = setInterval(() => clearInterval(timer), 10);
console.log('loaded');
