import { isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason, type Obstacle } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { BruteForceFacts, Guard, Service, Source } from './facts.ts';
import { coverByJails } from './jails.ts';
import type { BruteForceParameters } from './parameters.ts';
import { because } from './reasons.ts';
import { serviceOfJail, serviceOfParser } from './services.ts';
import { describeSource, endOf, judgeSource, startOf } from './source.ts';

/** A service that must be protected, on the ports where it listens. */
export interface Asked {
  readonly service: Service;
  readonly ports: readonly number[];
  readonly parameters: BruteForceParameters;
  readonly jailServices: BruteForceFacts['jailServices'];
  readonly at: Date;
}

/** What a guard does for a service. Ports that are in neither set it leaves open. */
export interface Cover {
  readonly covered: ReadonlySet<number>;
  readonly unclear: ReadonlySet<number>;
  readonly reasons: readonly Reason[];
}

const none: ReadonlySet<number> = new Set();

/** Covers all ports, none, or nobody knows which, by the one reason's verdict. */
function wholly({ ports }: Asked, reason: Reason): Cover {
  const all = new Set(ports);
  return {
    covered: reason.verdict === 'pass' ? all : none,
    unclear: reason.verdict === 'unknown' ? all : none,
    reasons: [reason],
  };
}

function hidden(asked: Asked, obstacle: Obstacle, program: string): Cover {
  return wholly(asked, obstacleReason(obstacle, program));
}

const nothing: Cover = { covered: none, unclear: none, reasons: [] };

export function coverOf(guard: Guard, asked: Asked): Cover {
  switch (guard.program) {
    case 'fail2ban':
      if (!guard.runs) return wholly(asked, because('brute-force.stopped', {}, 'fail2ban'));
      if (guard.jails.state === 'unreadable') return hidden(asked, guard.jails.obstacle, 'fail2ban');
      return coverByJails(
        guard.jails.value.filter(({ name }) => (asked.jailServices[name] ?? serviceOfJail(name)) === asked.service),
        asked,
      );
    case 'sshguard':
      return coverBySshguard(guard, asked);
    case 'CrowdSec':
      return coverByCrowdsec(guard, asked);
    case 'cPHulk':
      // It guards logins to what cPanel serves, by PAM; not those to web sites (WHM, "cPHulk Brute Force Protection").
      if (asked.service === 'web-login') return nothing;
      if (guard.enabled.state === 'unreadable') return hidden(asked, guard.enabled.obstacle, 'cPHulk');
      return wholly(
        asked,
        because(guard.enabled.value ? 'brute-force.cphulk-on' : 'brute-force.cphulk-off', {}, 'cPHulk'),
      );
    case 'DirectAdmin':
      return coverByDirectadmin(guard, asked);
  }
}

type Sshguard = Guard & { program: 'sshguard' };

/** What sshguard recognises: of web sites only a few forms, which is not enough to count. */
function coverBySshguard({ missing, backend, banSeconds, source, hook }: Sshguard, asked: Asked): Cover {
  if (asked.service === 'web-login') return nothing;
  const guard = 'sshguard';
  if (missing.length > 0) {
    return wholly(asked, because('brute-force.sshguard-broken', { missing: missing.join(', ') }, guard));
  }
  if (source === null || backend === null || hook === null) {
    return wholly(asked, because('brute-force.sshguard-unclear', { backend: backend ?? '-' }, guard));
  }
  const { minimumBan: minimum, maximumLogSilence: maximumSilence } = asked.parameters;
  const heard = heardOf(source, asked.service);
  if (heard === undefined) return wholly(asked, because('brute-force.sshguard-unclear', { backend }, guard));
  const [problem] = judgeSource(heard, { guard, service: asked.service, maximumSilence }, asked.at);
  if (problem !== undefined) return wholly(asked, problem);
  if (hook.state === 'unreadable') return hidden(asked, hook.obstacle, guard);
  if (hook.value !== 'reached') {
    return wholly(asked, because('brute-force.ban-ineffective', { guard, what: `${backend}: ${hook.value}` }, guard));
  }
  if (banSeconds !== null && banSeconds < minimum) {
    return wholly(asked, because('brute-force.ban-short', { guard, ban: banSeconds, minimum }, guard));
  }
  return wholly(asked, because('brute-force.sshguard-works', { source: describeSource(heard), backend }, guard));
}

/** Files by the names under which distributions write the lines of a service, and those of everything. */
const logNames: Readonly<Record<Service, RegExp>> = {
  ssh: /auth|secure|sshd|syslog|messages/,
  mail: /mail|dovecot|exim|postfix|syslog|messages/,
  ftp: /ftp|syslog|messages/,
  'web-login': /(?!)/,
};

const journalNames: Readonly<Record<Service, RegExp>> = {
  ssh: /\bsshd?\b/,
  mail: /\b(?:dovecot|postfix|exim4?|sendmail)\b/,
  ftp: /\b(?:vsftpd|proftpd|pure-ftpd)\b/,
  'web-login': /(?!)/,
};

/** The part of what it reads that has lines of a service: that another log is written shows nothing of this one. */
function heardOf(source: Source, service: Service): Source | undefined {
  if (source.kind === 'journal') return journalNames[service].test(source.match) ? source : undefined;
  const logs = source.logs.filter(({ path }) => logNames[service].test(path.split('/').at(-1) ?? ''));
  return logs.length === 0 ? undefined : { ...source, logs };
}

function coverByCrowdsec({ bouncers, understood }: Guard & { program: 'CrowdSec' }, asked: Asked): Cover {
  const program = 'CrowdSec';
  if (bouncers.state === 'unreadable') return hidden(asked, bouncers.obstacle, program);
  if (understood.state === 'unreadable') return hidden(asked, understood.obstacle, program);
  const future = bouncers.value.find(({ pulledOn }) => isFuture(startOf(pulledOn), asked.at));
  if (future !== undefined) {
    return wholly(asked, because('brute-force.crowdsec-future', { on: future.pulledOn }, program));
  }
  const active = bouncers.value.filter(({ pulledOn }) => !isOlder(endOf(pulledOn), 86_400, asked.at));
  const [bouncer] = active;
  if (bouncer === undefined) return wholly(asked, because('brute-force.crowdsec-no-bouncer', {}, program));
  const parsers = understood.value.filter((name) => serviceOfParser(name) === asked.service);
  if (parsers.length === 0) {
    return wholly(asked, because('brute-force.crowdsec-not-understood', { service: asked.service }, program));
  }
  const values = { parsers: parsers.join(', '), bouncers: bouncer.type || 'bouncer', on: bouncer.pulledOn };
  return wholly(asked, because('brute-force.crowdsec-works', values, program));
}

function coverByDirectadmin({ scans, hasBlockScript }: Guard & { program: 'DirectAdmin' }, asked: Asked): Cover {
  const program = 'DirectAdmin';
  if (scans.state === 'unreadable') return hidden(asked, scans.obstacle, program);
  if (!scans.value) return wholly(asked, because('brute-force.directadmin-off', {}, program));
  const code = hasBlockScript ? 'brute-force.directadmin-unclear' : 'brute-force.directadmin-no-block';
  return wholly(asked, because(code, {}, program));
}
