import { up, type Outcome } from './outcome.ts';
import { converse, type Probing } from './reach.ts';
import { probeDns } from './services/dns.ts';
import { probeMail } from './services/mail.ts';
import { probeMysql } from './services/mysql.ts';
import { probePing } from './services/ping.ts';
import { probePostgres } from './services/postgres.ts';
import { probeWeb } from './services/web.ts';
import { probeWireguard } from './services/wireguard.ts';
import type { AvailabilityTarget } from './settings.ts';

/** Asks one service once. Never throws for what the other side does. */
export function probe(target: AvailabilityTarget, probing: Probing): Promise<Outcome> {
  switch (target.service) {
    case 'http':
    case 'https':
      return probeWeb(target, probing);
    case 'imap':
    case 'pop3':
    case 'smtp':
      return probeMail(target, probing);
    case 'dns':
      return probeDns(target, probing);
    case 'mysql':
      return probeMysql(target, probing);
    case 'postgres':
      return probePostgres(target, probing);
    case 'ping':
      return probePing(target, probing);
    case 'tcp':
      return probeTcp(target, probing);
    case 'wireguard':
      return probeWireguard(target, probing);
  }
}

/** Whether a port takes connections. */
export function probeTcp(place: { readonly host: string; readonly port: number }, probing: Probing): Promise<Outcome> {
  return converse(probing, place, () => Promise.resolve(up));
}
