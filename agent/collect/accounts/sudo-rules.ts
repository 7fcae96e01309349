/** Someone, or a host, as sudoers(5) names it. */
export interface SudoName {
  /** `other` for what cannot be looked up on this host: a netgroup, a network, a group of a directory. */
  readonly kind: 'all' | 'name' | 'id' | 'group' | 'gid' | 'other';
  readonly text: string;
  readonly negated: boolean;
}

/** One rule of sudoers(5), with its aliases put in. */
export interface SudoRule {
  readonly users: readonly SudoName[];
  readonly hosts: readonly SudoName[];
  /** Empty where the rule names none, which means root, unless it names groups. */
  readonly runAs: readonly SudoName[];
  readonly runAsGroups: readonly SudoName[];
  readonly commands: readonly { readonly text: string; readonly negated: boolean }[];
  /** What the rule itself says; undefined where the defaults hold. */
  readonly authenticate: boolean | undefined;
}

export interface Sudoers {
  readonly rules: readonly SudoRule[];
  /** Whether a Defaults line, for everyone or for some, turns the password off. */
  readonly hasFreeDefault: boolean;
}
