import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalHost } from '../../../agent/host/local.ts';
import type { Host } from '../../../agent/host/host.ts';
import { read } from '../../../policies/reading.ts';
import { drupal, joomla, plant, typo3Project, wordpress } from '../../agent/collect/cms/trees.ts';

export const accounts = 500;
export const sites = 300;
const plugins = 20;
/** As many libraries as a usual project of TYPO3 12 has, with as much said of each. */
const libraries = 130;

/** Writes the homes and sites of the made-up host below a folder. */
export function writeHost(folder: string): void {
  for (let index = 0; index < accounts; index++) {
    plant(homeOf(folder, index), { '.ssh/authorized_keys': `ssh-ed25519 ${keyOf(index)} user${index}\n` });
  }
  for (let index = 0; index < sites; index++) plant(join(homeOf(folder, index), 'site'), siteOf(index));
  for (const name of ['passwd', 'shadow']) writeFileSync(join(folder, name), linesOf(folder, name).join(''));
  mkdirSync(join(folder, 'empty'));
}

/** Half WordPress, a third TYPO3, some Drupal and Joomla, each with its plug-ins. */
function siteOf(index: number): Record<string, string> {
  const names = Array.from({ length: plugins }, (_, number) => `plugin_${number}`);
  if (index % 2 === 0) return wordpress('6.8.3', Object.fromEntries(names.map((name) => [name, '1.2.3'])));
  if (index % 10 === 1) return drupal('10.5.4', Object.fromEntries(names.map((name) => [name, '8.x-1.2'])));
  if (index % 10 === 9) return joomla([5, 3, 4]);
  const project = typo3Project(
    '13.4.20',
    names.map((key) => ({ key, version: '2.0.0', state: 'stable' })),
  );
  const installed = JSON.parse(project['vendor/composer/installed.json'] ?? '') as { packages: object[] };
  installed.packages.push(...Array.from({ length: libraries }, (_, number) => libraryOf(number)));
  return { ...project, 'vendor/composer/installed.json': JSON.stringify(installed, null, 4) };
}

function libraryOf(number: number): object {
  return {
    name: `maker/library-${number}`,
    version: `v${number}.1.0`,
    type: 'library',
    'install-path': `../maker/library-${number}`,
    source: { type: 'git', url: `https://git.example/maker/library-${number}.git`, reference: 'a'.repeat(40) },
    require: Object.fromEntries(Array.from({ length: 8 }, (_, other) => [`maker/library-${other}`, '^1.0'])),
    autoload: { 'psr-4': { [`Maker\\Library${number}\\`]: 'src/' } },
    description: 'A library that does one thing, and is described in a sentence of the usual length. '.repeat(6),
    authors: Array.from({ length: 3 }, (_, author) => ({
      name: `Author ${author}`,
      email: `a${author}@maker.example`,
    })),
  };
}

function homeOf(folder: string, index: number): string {
  return join(folder, 'home', `user${index}`);
}

function keyOf(index: number): string {
  return Buffer.from(`\0\0\0\x0bssh-ed25519\0\0\0 ${String(index).padStart(32, '0')}`, 'latin1').toString('base64');
}

function linesOf(folder: string, file: string): string[] {
  return Array.from({ length: accounts }, (_, index) =>
    file === 'passwd'
      ? `user${index}:x:${2000 + index}:2000::${homeOf(folder, index)}:/bin/bash\n`
      : `user${index}:$6$salt$${String(index).padStart(86, 'x')}:20700:0:99999:7:::\n`,
  );
}

/** This machine with the accounts of the made-up host, and its sites served by nginx. */
export function madeUpHost(folder: string): Host {
  const host = new LocalHost();
  const { run, readText } = { run: host.run.bind(host), readText: host.readText.bind(host) };
  const servers = Array.from({ length: sites }, (_, index) => {
    const root = join(homeOf(folder, index), 'site', index % 2 === 1 && ![1, 9].includes(index % 10) ? 'public' : '');
    return `server { listen 443 ssl; server_name site${index}.example www.site${index}.example; root ${root}; }`;
  });
  const stdout = `# configuration file /etc/nginx/nginx.conf:\nhttp {\n${servers.join('\n')}\n}\n`;
  return Object.assign(host, {
    run: ((command, signal) =>
      command.file === 'nginx'
        ? Promise.resolve(read({ exitCode: 0, stdout, stderr: '' }))
        : run(command, signal)) satisfies Host['run'],
    readText: (async (path, options) => {
      const own = await readText(path, options);
      if ((path !== '/etc/passwd' && path !== '/etc/shadow') || own.state === 'unreadable') return own;
      const more = await readText(join(folder, path.slice('/etc/'.length)));
      return more.state === 'read' ? read(own.value + more.value) : more;
    }) satisfies Host['readText'],
  });
}
