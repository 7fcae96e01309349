import { z } from 'zod';
import type { SudoName, SudoRule, Sudoers } from './sudo-rules.ts';

const Negatable = z.object({ negated: z.boolean().optional() });
const Member = z.union([
  Negatable.extend({ username: z.string() }),
  Negatable.extend({ userid: z.number() }),
  Negatable.extend({ usergroup: z.string() }),
  Negatable.extend({ usergid: z.number() }),
  Negatable.extend({ hostname: z.string() }),
  Negatable,
]);
type Member = z.output<typeof Member>;

const Options = z.array(z.record(z.string(), z.unknown())).default([]);

const Spec = z.object({
  User_List: z.array(Member),
  Host_List: z.array(Member),
  Cmnd_Specs: z.array(
    z.object({
      runasusers: z.array(Member).default([]),
      runasgroups: z.array(Member).default([]),
      Options,
      Commands: z.array(Negatable.extend({ command: z.string().optional() })),
    }),
  ),
});

const Converted = z.object({
  Defaults: z.array(z.object({ Options })).default([]),
  User_Specs: z.array(Spec).default([]),
});

/**
 * What `cvtsudoers -e -f json` prints (sudo 1.8.22 and newer).
 * @throws SyntaxError, z.ZodError where it is of another form
 */
export function parseCvtsudoers(text: string): Sudoers {
  // An empty sudoers file is printed as nothing at all.
  const { Defaults, User_Specs } = Converted.parse(text.trim() === '' ? {} : JSON.parse(text));
  return {
    rules: User_Specs.flatMap((spec) =>
      spec.Cmnd_Specs.map((one): SudoRule => ({
        users: spec.User_List.map(nameOf),
        hosts: spec.Host_List.map(nameOf),
        runAs: one.runasusers.map(nameOf),
        runAsGroups: one.runasgroups.map(nameOf),
        commands: one.Commands.map(({ command = 'ALL', negated = false }) => ({ text: command, negated })),
        authenticate: authenticateIn(one.Options),
      })),
    ),
    hasFreeDefault: Defaults.some(({ Options: options }) => authenticateIn(options) === false),
  };
}

function nameOf(member: Member): SudoName {
  const { negated = false } = member;
  if ('username' in member || 'hostname' in member) {
    const text = 'username' in member ? member.username : member.hostname;
    return { kind: text === 'ALL' ? 'all' : 'name', text, negated };
  }
  if ('userid' in member) return { kind: 'id', text: String(member.userid), negated };
  if ('usergroup' in member) {
    return { kind: member.usergroup === 'ALL' ? 'all' : 'group', text: member.usergroup, negated };
  }
  if ('usergid' in member) return { kind: 'gid', text: String(member.usergid), negated };
  return { kind: 'other', text: '', negated };
}

function authenticateIn(options: z.output<typeof Options>): boolean | undefined {
  const found = options.map(({ authenticate }) => authenticate).filter((value) => typeof value === 'boolean');
  return found.at(-1);
}
