import type { Service } from './facts.ts';

const programs: Readonly<Record<Service, RegExp>> = {
  ssh: /^(?:sshd|dropbear)$/,
  mail: /^(?:master|smtpd|exim4?|dovecot|imap-login|pop3-login|managesieve-log\w*|cyrus-master|sendmail(?:-mta)?|courier\w*|imapd|pop3d)$/,
  ftp: /^(?:vsftpd|proftpd|pure-ftpd(?:-\w+)?)$/,
  'web-login': /^(?:nginx|apache2|httpd|litespeed|lshttpd|openlitespeed|caddy|haproxy)$/,
};

/** IANA service names, for sockets whose program cannot be seen or only passes on. */
const ports: Readonly<Record<Service, readonly number[]>> = {
  ssh: [22],
  mail: [25, 110, 143, 465, 587, 993, 995, 4190],
  ftp: [21, 990],
  'web-login': [80, 443],
};

const jails: Readonly<Record<Service, RegExp>> = {
  ssh: /^(?:sshd?|dropbear)(?:$|-)/,
  mail: /^(?:postfix|dovecot|sieve|exim|courier|cyrus|sendmail|qmail|kerio|solid-pop3d|uwimap)/,
  ftp: /^(?:vsftpd|proftpd|pure-ftpd|wuftpd|gssftpd)(?:$|-)/,
  'web-login':
    /^(?:apache-auth|nginx-http-auth|lighttpd-auth|wordpress|wp-|typo3|joomla|drupal-auth|roundcube-auth|phpmyadmin|horde|squirrelmail|sogo-auth|plesk-(?:panel|roundcube|wordpress|horde)|directadmin|openwebmail|tine20|webmin-auth)/,
};

const parsers: Readonly<Record<Service, RegExp>> = {
  ssh: /\/sshd-logs$/,
  mail: /\/(?:postfix|dovecot|exim)-logs$/,
  ftp: /\/(?:vsftpd|proftpd|pure-ftpd)-logs$/,
  'web-login': /\/(?:nginx|apache2|litespeed|caddy|haproxy)-logs$/,
};

/** What /etc/services says of the words that jails use for ports. */
const portNames: Readonly<Record<string, number>> = {
  ssh: 22,
  smtp: 25,
  submission: 587,
  smtps: 465,
  ssmtp: 465,
  submissions: 465,
  urd: 465,
  pop3: 110,
  pop3s: 995,
  imap: 143,
  imap2: 143,
  imap3: 220,
  imaps: 993,
  sieve: 4190,
  ftp: 21,
  'ftp-data': 20,
  ftps: 990,
  'ftps-data': 989,
  http: 80,
  https: 443,
  'http-alt': 8080,
};

function find(patterns: Readonly<Record<Service, RegExp>>, word: string): Service | undefined {
  return (Object.keys(patterns) as Service[]).find((service) => patterns[service].test(word));
}

/**
 * Which service a socket is of.
 * @param names what its processes are called, as far as that can be seen
 */
export function serviceOfSocket(port: number, names: readonly string[]): Service | undefined {
  for (const name of names) {
    const service = find(programs, name);
    if (service !== undefined) return service;
  }
  return (Object.keys(ports) as Service[]).find((service) => ports[service].includes(port));
}

/** By the names of the jails that fail2ban ships. */
export function serviceOfJail(name: string): Service | undefined {
  return find(jails, name);
}

export function serviceOfParser(name: string): Service | undefined {
  return find(parsers, name);
}

/**
 * Whether a list of ports in fail2ban's form (`ssh,2222,6000:6010`) holds a port.
 * @returns undefined where a name in it is not known and so may stand for the port
 */
export function listsPort(list: string, port: number): boolean | undefined {
  let isSure = true;
  for (const word of list.split(/[\s,]+/)) {
    if (word === '') continue;
    const [first, last = first] = word.split(/[:-](?=\d+$)/).map((part) => portNames[part] ?? Number(part));
    if (first === undefined || last === undefined || Number.isNaN(first) || Number.isNaN(last)) isSure = false;
    else if (first <= port && port <= last) return true;
  }
  return isSure ? false : undefined;
}
