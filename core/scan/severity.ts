/** How bad a finding is, in the words of every scanner. */
import * as z from 'zod';

/** From the worst on. */
export const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'UNKNOWN'] as const;
export const severitySchema = z.enum(severities);
export type Severity = z.infer<typeof severitySchema>;
