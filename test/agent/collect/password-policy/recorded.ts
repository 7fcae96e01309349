import { passwordPolicyCollector } from '../../../../agent/collect/password-policy.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import type { PasswordPolicyFacts } from '../../../../policies/checks/password-policy/facts.ts';
import { passwordPolicy } from '../../../../policies/checks/password-policy.ts';
import { read } from '../../../../policies/reading.ts';
import type { Reason } from '../../../../policies/reasons.ts';
import { collecting } from '../../../support/collecting.ts';
import type { EtcFiles } from '../../../support/pam.ts';

/** What Debian 12 answers. */
export const versions: Recording['commands'] = {
  'dpkg-query -W -f=${Package} ${Version} ${db:Status-Status}\\n libpam0g pam libpwquality1 libpwquality': {
    exitCode: 1,
    stdout: 'libpam0g 1.5.2-6+deb12u1 installed\nlibpwquality1 1.4.5-1+b1 installed\n',
  },
};

/** @param files by their path in /etc */
export function etc(files: EtcFiles, commands: Recording['commands'] = versions): RecordedHost {
  const paths = Object.fromEntries(Object.entries(files).map(([path, text]) => [`/etc/${path}`, text]));
  return new RecordedHost({ files: paths, ...(commands === undefined ? {} : { commands }) });
}

export async function collect(host: RecordedHost, parameters: object, settings: object = {}) {
  const facts = await passwordPolicyCollector.collect(collecting(host), settings, [parameters]);
  return passwordPolicy.facts.parse(facts) as PasswordPolicyFacts;
}

export async function judge(host: RecordedHost, parameters: object, settings: object = {}): Promise<Reason[]> {
  return passwordPolicy.judge(read(await collect(host, parameters, settings)), parameters, new Date(0));
}

/** Codes without the kind's name, with their subject where they have one. */
export async function codes(host: RecordedHost, parameters: object, settings: object = {}): Promise<string[]> {
  const reasons = await judge(host, parameters, settings);
  return reasons.map(({ code, subject = '' }) => `${code.replace('password-policy.', '')} ${subject}`.trim());
}
