import type { Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';

/** This machine, on which the paths of one folder (`/etc/haproxy`) lie in another. Commands are given the other paths. */
export function withFolderMoved(from: string, to: string): Host {
  const local = new LocalHost();
  const moved = (path: string): string =>
    path === from || path.startsWith(`${from}/`) ? `${to}${path.slice(from.length)}` : path;
  return Object.assign(new LocalHost(), {
    run: ((command, signal) => local.run({ ...command, args: command.args.map(moved) }, signal)) satisfies Host['run'],
    readText: ((path, options) => local.readText(moved(path), options)) satisfies Host['readText'],
    list: ((path) => local.list(moved(path))) satisfies Host['list'],
    status: ((path) => local.status(moved(path))) satisfies Host['status'],
  });
}
