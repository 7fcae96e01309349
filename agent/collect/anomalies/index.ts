import { anomalies } from '../../../policies/checks/anomalies.ts';
import type { AnomaliesFacts } from '../../../policies/checks/anomalies/facts.ts';
import { AnomaliesParameters } from '../../../policies/checks/anomalies/parameters.ts';
import { isTimeZone } from '../../../policies/checks/updates/local-time.ts';
import { unreadable } from '../../../policies/reading.ts';
import { defineCollector } from '../collector.ts';
import { readTimeZone } from '../updates/time-zone.ts';
import { readLogins } from './logins.ts';
import { readMail, usualMailLogs } from './mail.ts';
import { Settings } from './settings.ts';
import { readStorage } from './storage.ts';
import { readTraffic } from './traffic.ts';

/** What came in and went out, by day, from what was written since the last run. */
export const anomaliesCollector = defineCollector({
  kind: anomalies.name,
  settings: Settings,
  parameters: AnomaliesParameters,
  async collect(context, settings, wanted): Promise<AnomaliesFacts> {
    const told = await readTimeZone(context.host, context.signal);
    const zone = told.state === 'read' && !isTimeZone(told.value) ? unreadable('unparsable', 'the time zone') : told;
    if (zone.state === 'unreadable') return { zone };
    const asked = new Set<string>(wanted.flatMap((one) => (one.watch === 'logins' ? ['logins'] : one.of)));
    const { loginHours: hours, loginLog, mailLog, managementAddresses: networks = [] } = settings;
    const files = loginLog === undefined ? ['/var/log/auth.log', '/var/log/secure'] : [loginLog];
    const mailFiles = mailLog === undefined ? usualMailLogs : [mailLog];
    const at = zone.value;
    return {
      zone,
      ...(asked.has('logins')
        ? { logins: await readLogins(context, { zone: at, files, mailFiles, hours, networks }) }
        : {}),
      ...(asked.has('mail') ? { mail: await readMail(context, at, mailLog) } : {}),
      ...(asked.has('traffic') ? { traffic: await readTraffic(context, at) } : {}),
      ...(asked.has('storage') ? { storage: await readStorage(context, at) } : {}),
    };
  },
});
