/** A ruleset, and what it says as people would: for most, that nothing is left unclear. */
export interface Ruleset {
  readonly name: string;
  /** For `nft -f -`. */
  readonly nft?: string;
  /** Commands, one a line: `iptables-legacy -A INPUT ...`. */
  readonly commands?: string;
  /** Ports of which something stays unclear, because the agent does not look there. */
  readonly unclear?: readonly number[];
}

const input = (rules: string, policy = 'drop'): string => `table inet filter {
  chain input {
    type filter hook input priority 0; policy ${policy};
${rules
  .trim()
  .split('\n')
  .map((line) => `    ${line.trim()}`)
  .join('\n')}
  }
}
`;

/** Neighbours must be found, or nothing over IPv6 works at all. */
const icmp6 = 'meta l4proto ipv6-icmp accept';
const usual = `iif lo accept\nct state established,related accept\nct state invalid drop\n${icmp6}`;

const nftables: readonly Ruleset[] = [
  { name: 'no rules at all' },
  { name: 'a chain without rules, policy drop', nft: input(icmp6) },
  { name: 'an empty chain, policy accept', nft: input('', 'accept') },
  { name: 'policy accept with one drop', nft: input('tcp dport 3306 drop', 'accept') },
  { name: 'an ordinary host', nft: input(`${usual}\ntcp dport { 22, 80, 443 } accept`) },
  {
    name: 'management from one network',
    nft: input(`${usual}\nip saddr 10.8.0.0/24 tcp dport 22 accept\ntcp dport { 80, 443 } accept`),
  },
  {
    name: 'both families told apart',
    nft: input(`${usual}\nip saddr 192.0.2.0/25 tcp dport 22 accept\nip6 saddr fd00::/8 tcp dport 22 accept`),
  },
  {
    name: 'a network kept out',
    nft: input(`${usual}\nip saddr != 10.8.0.0/24 tcp dport 22 drop\ntcp dport { 22, 443 } accept`),
  },
  { name: 'a rule after everything was accepted', nft: input('accept\ntcp dport 22 drop') },
  {
    name: 'IPv6 forgotten',
    nft: 'table ip filter {\n chain input {\n type filter hook input priority 0; policy drop;\n tcp dport 22 accept\n }\n}\n',
  },
  {
    name: 'IPv4 forgotten',
    nft: `table ip6 filter {\n chain input {\n type filter hook input priority 0; policy drop;\n ${icmp6}\n tcp dport 443 accept\n }\n}\n`,
  },
  {
    name: 'a chain that is not hooked',
    nft: 'table inet filter {\n chain input {\n tcp dport 1-65535 drop\n udp dport 1-65535 drop\n }\n}\n',
  },
  { name: 'a dormant table', nft: input('').replace('{', '{\n  flags dormant\n') },
  { name: 'rules for another interface only', nft: input('iifname "eth9" drop', 'accept') },
  {
    name: 'rules for this interface only',
    nft: input(
      `${icmp6}\niifname "eth0" tcp dport != { 22, 443 } drop\niifname "eth*" meta l4proto udp drop`,
      'accept',
    ),
  },
  {
    name: 'accepted in one chain, dropped in a later one',
    nft: `${input('tcp dport { 22, 443 } accept', 'accept')}table inet later {\n chain late {\n type filter hook input priority 10; policy accept;\n tcp dport 443 drop\n }\n}\n`,
  },
  {
    name: 'dropped before it comes in',
    nft: `${input(`${usual}\ntcp dport { 22, 443 } accept`)}table inet raw {\n chain early {\n type filter hook prerouting priority -300; policy accept;\n tcp dport 443 drop\n }\n}\n`,
  },
  {
    name: 'jumps that return',
    nft: `table inet filter {\n chain web {\n tcp dport 80 accept\n tcp dport 443 return\n tcp dport 8080 drop\n }\n chain input {\n type filter hook input priority 0; policy drop;\n ${icmp6}\n jump web\n tcp dport { 443, 8080 } accept\n }\n}\n`,
  },
  {
    name: 'goto does not come back',
    nft: `table inet filter {\n chain web {\n tcp dport 80 accept\n }\n chain input {\n type filter hook input priority 0; policy drop;\n ${icmp6}\n tcp dport { 80, 443 } goto web\n tcp dport { 22, 443 } accept\n }\n}\n`,
  },
  {
    name: 'goto from a jumped chain',
    nft: `table inet filter {\n chain deep {\n tcp dport 25 accept\n }\n chain web {\n tcp dport { 25, 80 } goto deep\n tcp dport 80 accept\n }\n chain input {\n type filter hook input priority 0; policy drop;\n ${icmp6}\n jump web\n tcp dport { 80, 443 } accept\n }\n}\n`,
  },
  {
    name: 'verdicts from a map',
    nft: input(
      `ct state vmap { established : accept, related : accept, invalid : drop }\n${icmp6}\ntcp dport vmap { 22 : accept, 443 : drop, 30000-30009 : accept }\ntcp dport { 443, 8080 } accept`,
    ),
  },
  {
    name: 'verdicts from a named map',
    nft: `table inet filter {\n map verdicts { type inet_service : verdict; elements = { 22 : accept, 80 : drop } ; }\n chain input {\n type filter hook input priority 0; policy drop;\n ${icmp6}\n tcp dport vmap @verdicts\n tcp dport 80 accept\n }\n}\n`,
  },
  {
    name: 'a named set of networks',
    nft: `table inet filter {\n set office { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 192.0.2.2 }; }\n chain input {\n type filter hook input priority 0; policy drop;\n ${icmp6}\n ip saddr @office tcp dport 22 accept\n ip saddr != @office tcp dport 80 accept\n }\n}\n`,
  },
  {
    name: 'an empty set',
    nft: `table inet filter {\n set office { type ipv4_addr; flags interval; }\n chain input {\n type filter hook input priority 0; policy drop;\n ${icmp6}\n ip saddr @office accept\n }\n}\n`,
  },
  {
    name: 'addresses with their ports',
    nft: input(`${icmp6}\nip saddr . tcp dport { 10.8.0.0/24 . 22, 192.0.2.2 . 80-443 } accept`),
  },
  {
    name: 'ranges of addresses and ports',
    nft: input(
      `${icmp6}\nip saddr 192.0.2.2-192.0.2.2 tcp dport 20-30 accept\ntcp dport >= 60000 accept\nudp dport < 81 accept`,
    ),
  },
  { name: 'a masked address', nft: input(`${icmp6}\nip saddr & 255.0.0.0 == 10.0.0.0 tcp dport 22 accept`) },
  { name: 'one protocol of two', nft: input(`${icmp6}\nmeta l4proto tcp accept`) },
  {
    name: 'both protocols at once',
    nft: input(`${icmp6}\nmeta l4proto { tcp, udp } th dport { 25, 80 } accept\nip protocol tcp accept`),
  },
  {
    name: 'one family by its number',
    nft: input(`${icmp6}\nmeta nfproto ipv4 tcp dport 22 accept\nmeta protocol ip6 tcp dport 443 accept`),
  },
  {
    name: 'a rate',
    nft: input(
      `${usual}\ntcp dport 22 limit rate 100/second burst 100 packets accept\ntcp dport 443 limit rate over 1000/second burst 100 packets drop\ntcp dport 443 accept`,
    ),
  },
  {
    name: 'connections that only go on',
    nft: input(`${icmp6}\nct state established,related accept\nct state != new accept`),
  },
  {
    name: 'connections that are new',
    nft: input(`${usual}\nct state new tcp dport 22 accept\nct state { new, untracked } tcp dport 80 accept`),
  },
  {
    name: 'packets that open a connection',
    nft: input(
      `${icmp6}\ntcp flags & (fin|syn|rst|ack) == syn tcp dport 22 accept\ntcp flags syn / syn,ack tcp dport 80 accept\ntcp flags ack accept\ntcp flags & (fin|syn|rst|ack) != 0 tcp dport { 22, 80 } accept`,
    ),
  },
  {
    name: 'packets that open a connection, dropped',
    nft: input(`tcp flags & (fin|syn|rst|ack) == syn tcp dport != { 22 } drop\nmeta l4proto udp drop`, 'accept'),
  },
  {
    name: 'the host’s own addresses',
    nft: input(
      `${icmp6}\nfib daddr type local tcp dport 22 accept\nfib daddr type broadcast accept\nmeta pkttype host tcp dport 80 accept`,
    ),
  },
  {
    name: 'one address of the host',
    nft: input(`${icmp6}\nip daddr 192.0.2.1 tcp dport 22 accept\nip daddr 224.0.0.251 udp dport 25 accept`),
  },
  {
    name: 'refused instead of dropped',
    nft: input(`tcp dport { 22, 443 } accept\n${icmp6}\nmeta l4proto tcp reject with tcp reset\nreject`, 'accept'),
  },
  {
    name: 'marks and counters beside it',
    nft: input(`${usual}\ncounter\nmeta mark set 1\ntcp dport 22 counter log prefix "in " accept\nct mark set 2`),
  },
  {
    name: 'a mark, which is not followed',
    nft: input(`${usual}\nmeta mark set 1\nmeta mark 1 tcp dport 22 accept\ntcp dport 443 accept`),
    unclear: [22],
  },
  {
    name: 'banned senders',
    nft: `table inet filter {\n set banned { type ipv4_addr; elements = { 203.0.113.9 }; }\n chain input {\n type filter hook input priority 0; policy drop;\n ${icmp6}\n ip saddr @banned drop\n tcp dport 22 accept\n }\n}\n`,
  },
  {
    name: 'ports sent to another',
    nft: `${input(`${usual}\ntcp dport 8080 accept`)}table inet nat {\n chain pre {\n type nat hook prerouting priority dstnat; policy accept;\n tcp dport 80 redirect to :8080\n }\n}\n`,
    unclear: [80],
  },
  {
    name: 'ports sent to another by a map',
    nft: `${input(`${usual}\ntcp dport 8080 accept`)}table ip nat {\n chain pre {\n type nat hook prerouting priority dstnat; policy accept;\n dnat ip to tcp dport map { 80 : 10.8.0.1 . 8080 }\n }\n}\n`,
    unclear: [80],
  },
  {
    name: 'dropped on ingress',
    nft: `${input(`${usual}\ntcp dport { 22, 443 } accept`)}table netdev early {\n chain ingress {\n type filter hook ingress device eth0 priority 0; policy accept;\n ip saddr 10.8.0.0/24 tcp dport 22 counter drop\n tcp dport 443 drop\n }\n}\n`,
  },
  { name: 'at night only', nft: input(`${usual}\nmeta hour "00:00"-"23:59" tcp dport 22 accept`) },
  {
    name: 'untracked packets',
    nft: `${input(`${icmp6}\nct state untracked tcp dport { 22, 80 } accept\nct state new tcp dport 443 accept`)}table inet raw {\n chain early {\n type filter hook prerouting priority raw; policy accept;\n tcp dport 80 notrack\n }\n}\n`,
    unclear: [22, 80, 443],
  },
];

/** Both variants of iptables are one in what they do: each ruleset is loaded with either. */
const iptables: readonly Ruleset[] = [
  {
    name: 'iptables: an ordinary host',
    commands: `
iptables -P INPUT DROP
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A INPUT -p tcp -m multiport --dports 80,443 -m comment --comment "web -j DROP" -j ACCEPT
iptables -A INPUT -s 10.8.0.0/24 -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT
ip6tables -P INPUT DROP
ip6tables -A INPUT -p ipv6-icmp -j ACCEPT
ip6tables -A INPUT -p tcp --dport 443 -j ACCEPT`,
  },
  {
    name: 'iptables: IPv6 forgotten',
    commands: `
iptables -P INPUT DROP
iptables -A INPUT -p tcp --dport 22 -j ACCEPT`,
  },
  { name: 'iptables: policy accept with one drop', commands: 'iptables -A INPUT -p tcp --dport 3306 -j DROP' },
  {
    name: 'iptables: refused at the end',
    commands: `
iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
iptables -A INPUT -p tcp --dport 22 --syn -j ACCEPT
iptables -A INPUT -p udp --dport 25:80 -j ACCEPT
iptables -A INPUT -j REJECT --reject-with icmp-host-prohibited
ip6tables -A INPUT -p ipv6-icmp -j ACCEPT
ip6tables -A INPUT -j REJECT`,
  },
  {
    name: 'iptables: chains, returns and goto',
    commands: `
iptables -N WEB
iptables -N DEEP
iptables -A DEEP -p tcp --dport 25 -j ACCEPT
iptables -A WEB -p tcp --dport 80 -j ACCEPT
iptables -A WEB -p tcp --dport 443 -j RETURN
iptables -A WEB -p tcp -m multiport --dports 25,8080 -g DEEP
iptables -P INPUT DROP
iptables -A INPUT -j WEB
iptables -A INPUT -p tcp -m multiport --dports 443,8080 ! -s 192.0.2.3 -j ACCEPT
ip6tables -P INPUT DROP`,
  },
  {
    name: 'iptables: a range, a rate, an interface',
    commands: `
iptables -P INPUT DROP
iptables -A INPUT -m state --state ESTABLISHED -j ACCEPT
iptables -A INPUT -m iprange --src-range 192.0.2.2-192.0.2.2 -p tcp --dport 22 -j ACCEPT
iptables -A INPUT -i eth+ -p tcp --dport 80 -m limit --limit 100/sec --limit-burst 100 -j ACCEPT
iptables -A INPUT ! -i eth0 -p tcp --dport 443 -j ACCEPT
iptables -A INPUT -m addrtype --dst-type LOCAL -p tcp --dport 25 -j ACCEPT
iptables -A INPUT -m pkttype --pkt-type broadcast -j ACCEPT
ip6tables -P INPUT DROP`,
  },
  {
    name: 'iptables: slowed down by recent',
    commands: `
iptables -P INPUT DROP
iptables -A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name SSH
iptables -A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 20 --name SSH -j DROP
iptables -A INPUT -p tcp --dport 22 -j ACCEPT
iptables -A INPUT -p tcp --dport 80 -m recent --set --name WEB -j ACCEPT
ip6tables -P INPUT DROP`,
    unclear: [22],
  },
  {
    name: 'iptables: sent to another port',
    commands: `
iptables -P INPUT DROP
iptables -A INPUT -p tcp --dport 8080 -j ACCEPT
iptables -t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080
ip6tables -P INPUT DROP`,
    unclear: [80],
  },
  {
    name: 'iptables: dropped in raw and mangle',
    commands: `
iptables -t raw -A PREROUTING -p tcp --dport 22 -j DROP
iptables -t mangle -A INPUT -p tcp --dport 443 -j DROP
iptables -t mangle -A PREROUTING -p udp -j DROP
ip6tables -P INPUT DROP`,
  },
];

const variant = (kind: 'legacy' | 'nft'): Ruleset[] =>
  iptables.map(({ name, commands = '', ...others }) => ({
    ...others,
    name: name.replace('iptables', `iptables-${kind}`),
    commands: commands.replace(/^(ip6?tables) /gm, `$1-${kind} `),
  }));

export const rulesets: readonly Ruleset[] = [
  ...nftables,
  ...variant('legacy'),
  ...variant('nft'),
  {
    name: 'nftables and iptables-legacy at once',
    nft: input(`${usual}\ntcp dport { 22, 80, 443 } accept`),
    commands:
      'iptables-legacy -A INPUT -p tcp --dport 80 -j DROP\nip6tables-legacy -A INPUT -p tcp --dport 443 -j DROP',
  },
];
