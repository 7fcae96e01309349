import { z } from 'zod';
import { networkSettings } from '../network-settings.ts';

const Time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 07:00');
const LogPath = z
  .string()
  .regex(/^\/[^\0\n]*[^/\0\n]$/, 'expected a path from the root')
  .max(1024);

const LoginHours = z.strictObject({
  from: Time,
  until: Time,
  /** Accounts that come at any hour, such as those of backups. */
  except: z.array(z.string().min(1).max(256)).max(256).default([]),
});
export type LoginHours = z.output<typeof LoginHours>;

export const Settings = z.object({
  /** When people work on this host, in its own zone. */
  loginHours: LoginHours.refine(({ from, until }) => from !== until, 'expected two different times').optional(),
  /** The file into which syslog writes of logins, and of mail; the usual ones unless given. */
  loginLog: LogPath.optional(),
  mailLog: LogPath.optional(),
  managementAddresses: networkSettings.managementAddresses,
});
