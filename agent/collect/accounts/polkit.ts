import type { AccountsFacts, Who } from '../../../policies/checks/accounts/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { Names } from './names.ts';

/** Rules of polkit(8), in the folders that it reads; those below /etc are this host's own. */
const ruleFolders = [
  '/etc/polkit-1/rules.d',
  '/run/polkit-1/rules.d',
  '/usr/local/share/polkit-1/rules.d',
  '/usr/share/polkit-1/rules.d',
];
const ownFolders = ['/etc/polkit-1/rules.d', '/usr/local/share/polkit-1/rules.d'];
/** Where versions before 0.106, and Debian's later pkla-compat, have theirs. */
const authorityFolders = ['/etc/polkit-1/localauthority', '/var/lib/polkit-1/localauthority'];

interface Found {
  readonly administrators: Who[];
  readonly granting: string[];
}

/**
 * Whom polkit takes for an administrator, who becomes root with his own password, and which files of this host's own let
 * somebody do something without asking. Null where polkit is not installed. Rules are programs: what they grant is not
 * worked out, and those that come with packages are taken as they are.
 */
export async function readPolkit(host: Host, names: Names): Promise<AccountsFacts['polkit']> {
  const found: Found = { administrators: [], granting: [] };
  let isInstalled = false;
  for (const folder of [...ruleFolders, ...authorityFolders]) {
    const files = await filesBelow(host, folder, 3);
    if (files.state === 'unreadable') {
      if (files.obstacle.code === 'missing') continue;
      return files;
    }
    isInstalled = true;
    for (const path of files.value) {
      const text = await host.readText(path);
      if (text.state === 'unreadable') return text;
      if (path.endsWith('.rules')) readRules(text.value, path, ownFolders.includes(folder), found, names);
      // What comes with packages lies here by convention (pklocalauthority(8)).
      const isVendors = path.includes('/10-vendor.d/');
      if (path.endsWith('.pkla') && !isVendors && /^Result(Any|Inactive|Active)\s*=\s*yes/m.test(text.value)) {
        found.granting.push(names.path(path));
      }
    }
  }
  return isInstalled ? read(found) : null;
}

function readRules(text: string, path: string, isOwn: boolean, found: Found, names: Names): void {
  const script = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const [, body = ''] = /addAdminRule\s*\(([\s\S]*)/.exec(script) ?? [];
  for (const [, kind, name = ''] of body.matchAll(/["']unix-(user|group):([^"']+)["']/g)) {
    const who: Who =
      kind === 'group'
        ? { kind: 'group', group: names.group(name) }
        : /^\d+$/.test(name)
          ? { kind: 'uid', uid: Number(name) }
          : { kind: 'account', account: names.account(name) };
    found.administrators.push(who);
  }
  if (isOwn && /Result\.YES|["']yes["']/.test(script)) found.granting.push(names.path(path));
}

async function filesBelow(host: Host, folder: string, depth: number): Promise<Reading<string[]>> {
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names;
  const files: string[] = [];
  for (const name of names.value) {
    const path = `${folder}/${name}`;
    if (/\.(rules|pkla)$/.test(name)) files.push(path);
    else if (name.endsWith('.d') && depth > 0) {
      const below = await filesBelow(host, path, depth - 1);
      if (below.state === 'unreadable') return below;
      files.push(...below.value);
    }
  }
  return read(files);
}
