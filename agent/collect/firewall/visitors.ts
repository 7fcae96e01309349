import type { Chain, Rule } from '../../../policies/checks/firewall/facts.ts';
import { senderListed } from './conditions.ts';

/**
 * Leaves out by whose addresses rules deny: who was banned today is noise, and an address of a visitor. Facts then say
 * that a banned sender gets in, which never makes a port look more closed than it is. Rules that let in keep theirs.
 */
export function withoutVisitors(chains: readonly Chain[]): Chain[] {
  const byName = new Map(chains.map((chain) => [keyOf(chain, chain.name), chain]));
  const denying = new Map<string, boolean>();
  const onlyDenies = (chain: Chain | undefined): boolean => {
    if (chain === undefined) return false;
    const key = keyOf(chain, chain.name);
    const known = denying.get(key);
    if (known !== undefined) return known;
    denying.set(key, false);
    const only = chain.rules.every(({ then }) => {
      if (then.do === 'deny' || then.do === 'return') return true;
      return (then.do === 'jump' || then.do === 'goto') && onlyDenies(byName.get(keyOf(chain, then.to)));
    });
    denying.set(key, only);
    return only;
  };
  return chains.map((chain) => {
    const isBan = ({ then }: Rule): boolean => {
      if (then.do === 'jump' || then.do === 'goto') return onlyDenies(byName.get(keyOf(chain, then.to)));
      return then.do === 'deny';
    };
    return { ...chain, rules: chain.rules.flatMap((rule) => (isBan(rule) ? withoutSenders(rule) : [rule])) };
  });
}

function keyOf({ backend, family, table }: Chain, name: string): string {
  return JSON.stringify([backend, family, table, name]);
}

/** @returns no rule where it was about single senders alone */
function withoutSenders(rule: Rule): Rule[] {
  const when: Rule['when'] = [];
  for (const condition of rule.when) {
    if (condition.on === 'unknown' && condition.what === senderListed) return [];
    const at = condition.on === 'fields' && condition.not !== true ? condition.fields.indexOf('source') : -1;
    if (condition.on !== 'fields' || at < 0) {
      when.push(condition);
      continue;
    }
    const any = condition.any.filter((row) => !isSingle(row[at] ?? ''));
    if (any.length === 0) return [];
    when.push({ ...condition, any });
  }
  return [{ ...rule, when }];
}

function isSingle(network: string): boolean {
  const [, length] = network.split('/');
  return !network.includes('-') && (length === undefined || length === (network.includes(':') ? '128' : '32'));
}
