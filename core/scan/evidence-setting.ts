/** Where a service's evidence comes from, as the configuration says it. */
import * as z from 'zod';

export const evidenceSettingSchema = z.literal('referrer');
export type EvidenceSetting = z.output<typeof evidenceSettingSchema>;
