import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { commandOutput } from './command.ts';
import { listenAddress, toHostName, type ConfigurationReader, type Place } from './place.ts';

/** What Dovecot serves, from `doveconf -n` with the listeners that are there by themselves (doveconf(1)). */
export const dovecotReader: ConfigurationReader = {
  software: 'Dovecot',
  programs: ['dovecot', 'imap-login', 'pop3-login', 'managesieve-log', 'submission-logi'],
  async read(context): Promise<Reading<readonly Place[]> | undefined> {
    const settings = await commandOutput(context, { file: 'doveconf', args: ['-n'] });
    if (settings === undefined || settings.state === 'unreadable') return settings;
    try {
      return read(placesOfDovecot(settings.value));
    } catch (error) {
      return unreadable('unparsable', 'doveconf -n', String(error));
    }
  },
};

interface Section {
  /** `service imap-login`, `inet_listener imaps`, `local_name mail.example.nl`; empty at the top. */
  readonly title: string;
  readonly settings: ReadonlyMap<string, string>;
  readonly sections: readonly Section[];
}

/** The listeners that Dovecot has without being told (2.3, src/*-login/*-login-settings.c). */
const usualListeners: Readonly<Record<string, readonly { name: string; port: number; ssl: boolean }[]>> = {
  'imap-login': [
    { name: 'imap', port: 143, ssl: false },
    { name: 'imaps', port: 993, ssl: true },
  ],
  'pop3-login': [
    { name: 'pop3', port: 110, ssl: false },
    { name: 'pop3s', port: 995, ssl: true },
  ],
  'managesieve-login': [{ name: 'sieve', port: 4190, ssl: false }],
  'submission-login': [
    { name: 'submission', port: 587, ssl: false },
    { name: 'submissions', port: 465, ssl: true },
  ],
};

/** @throws SyntaxError */
export function placesOfDovecot(text: string): Place[] {
  const top = parseSections(text);
  const certificate = certificatesOf(top);
  const named = top.sections.flatMap((section) => {
    const name = /^local_name "?([^"\s]+)"?$/.exec(section.title)?.[1];
    return name === undefined ? [] : [{ name, files: certificatesOf(section) }];
  });
  const isOn = (top.settings.get('ssl') ?? 'yes') !== 'no';
  const addresses = (top.settings.get('listen') ?? '*').split(/[\s,]+/).filter((address) => address !== '');

  const listeners = Object.entries(usualListeners).flatMap(([service, usual]) => {
    const section = top.sections.find(({ title }) => title === `service ${service}`);
    const own = (section?.sections ?? []).filter(({ title }) => title.startsWith('inet_listener '));
    const names = [...new Set([...usual.map(({ name }) => name), ...own.map(({ title }) => title.slice(14))])];
    return names.map((name) => {
      const set = own.find(({ title }) => title === `inet_listener ${name}`)?.settings;
      const base = usual.find((listener) => listener.name === name);
      const port = Number(set?.get('port') ?? base?.port ?? 0);
      const ssl = set?.get('ssl') === undefined ? (base?.ssl ?? false) : set.get('ssl') === 'yes';
      return { port, ssl, addresses: set?.get('address')?.split(/[\s,]+/) ?? addresses };
    });
  });
  // A listener with port 0 is switched off.
  return listeners
    .filter(({ port }) => port > 0)
    .flatMap(({ port, ssl, addresses: own }) => {
      const tls = isOn ? (ssl ? 'direct' : 'starttls') : 'none';
      return [...new Set(own.map(listenAddress))].flatMap((address): Place[] => {
        const place: Place = {
          address,
          port,
          tls,
          web: false,
          names: [],
          patterns: [],
          isDefault: true,
          certificateFiles: isOn ? certificate : [],
        };
        const others = named.flatMap(({ name, files }): Place[] => {
          const host = toHostName(name);
          return host === undefined || !isOn
            ? []
            : [{ ...place, names: [host], isDefault: false, certificateFiles: files }];
        });
        return [place, ...others];
      });
    });
}

/** `ssl_cert = </path` reads the file (2.3); `ssl_server_cert_file` names it (2.4). */
function certificatesOf({ settings }: Section): string[] {
  return ['ssl_cert', 'ssl_alt_cert', 'ssl_server_cert_file', 'ssl_server_alt_cert_file'].flatMap((name) => {
    const path = settings.get(name)?.replace(/^<\s*/, '');
    return path?.startsWith('/') ? [path] : [];
  });
}

function parseSections(text: string): Section {
  type Open = { title: string; settings: Map<string, string>; sections: Section[] };
  const top: Open = { title: '', settings: new Map(), sections: [] };
  const open: Open[] = [top];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const current = open.at(-1);
    if (current === undefined) throw new SyntaxError('unexpected }');
    if (line === '' || line.startsWith('#')) continue;
    if (line === '}') {
      if (open.length === 1) throw new SyntaxError('unexpected }');
      open.pop();
      continue;
    }
    const section = /^(.*\S)\s*\{$/.exec(line);
    if (section !== null) {
      const inner: Open = { title: section[1] ?? '', settings: new Map(), sections: [] };
      current.sections.push(inner);
      open.push(inner);
      continue;
    }
    const [name = '', ...value] = line.split('=');
    current.settings.set(name.trim(), value.join('=').trim());
  }
  if (open.length > 1) throw new SyntaxError('unexpected end');
  return top;
}
