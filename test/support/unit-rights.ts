import { readSource } from './sources.ts';

/**
 * The words of setpriv(1) that give a command the rights of a unit: its user, its capabilities, and none that a program
 * could gain. What a unit does to mounts and system calls is not in it.
 * @param dropIns names of drop-ins that are switched on
 * @param user in place of the unit's own, where that account does not exist
 */
export function rightsOf(unit: string, dropIns: readonly string[] = [], user?: string): string[] {
  const texts = [unit, ...dropIns.map((name) => `drop-ins/${name}.conf`)].map((path) =>
    readSource(`deploy/systemd/${path}`),
  );
  const valuesOf = (key: string): string[] =>
    texts.flatMap((text) => [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value));
  const capabilities = valuesOf('AmbientCapabilities').flatMap((value) => value.split(' '));
  const bounds = valuesOf('CapabilityBoundingSet')
    .flatMap((value) => value.split(' '))
    .filter((word) => word !== '');
  const setting = (names: readonly string[]): string =>
    ['-all', ...names.map((name) => `+${name.replace('CAP_', '').toLowerCase()}`)].join(',');
  const account = valuesOf('User').at(-1) === 'root' ? 'root' : (user ?? valuesOf('User').at(-1) ?? 'root');
  return [
    'setpriv',
    `--reuid=${account}`,
    `--regid=${account}`,
    '--clear-groups',
    `--inh-caps=${setting(capabilities)}`,
    `--ambient-caps=${setting(capabilities)}`,
    `--bounding-set=${setting(bounds)}`,
    '--no-new-privs',
  ];
}

/** What a unit starts, and in which environment, as words of env(1). */
export function startOf(unit: string): string[] {
  const text = readSource(`deploy/systemd/${unit}`);
  const environment = /^Environment=(.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
  const command = /^ExecStart=(.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
  return ['env', ...environment, ...command];
}
