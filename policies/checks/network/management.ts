/**
 * TCP ports of services that administrators and other servers use, and customers do not (IANA service names, and what
 * their makers document). Ports that many web applications take as well, such as 8080 and 3000, are not among them.
 */
const names: Readonly<Record<number, string>> = {
  22: 'SSH',
  111: 'rpcbind',
  135: 'RPC endpoint mapper',
  139: 'SMB',
  445: 'SMB',
  623: 'IPMI',
  1433: 'SQL Server',
  1521: 'Oracle database',
  2049: 'NFS',
  2082: 'cPanel',
  2083: 'cPanel',
  2086: 'WHM',
  2087: 'WHM',
  2222: 'DirectAdmin',
  2375: 'Docker API',
  2376: 'Docker API',
  2377: 'Docker Swarm',
  2379: 'etcd',
  2380: 'etcd',
  3306: 'MySQL',
  3389: 'Remote Desktop',
  4949: 'Munin node',
  5432: 'PostgreSQL',
  5666: 'NRPE',
  5672: 'RabbitMQ',
  5900: 'VNC',
  5984: 'CouchDB',
  6379: 'Redis',
  6443: 'Kubernetes API',
  6556: 'Checkmk agent',
  8006: 'Proxmox VE',
  8086: 'InfluxDB',
  8443: 'Plesk',
  8500: 'Consul',
  8880: 'Plesk',
  9090: 'Prometheus or Cockpit',
  9100: 'node exporter',
  9104: 'MySQL exporter',
  9187: 'PostgreSQL exporter',
  9200: 'Elasticsearch',
  9300: 'Elasticsearch',
  10_000: 'Webmin',
  10_050: 'Zabbix agent',
  10_250: 'kubelet',
  11_211: 'memcached',
  15_672: 'RabbitMQ management',
  27_017: 'MongoDB',
};

/** What usually listens there; undefined for a port of no management service. */
export function managementServiceOn(port: number): string | undefined {
  return names[port];
}

export const managementPorts: readonly number[] = Object.keys(names).map(Number);

const programs: readonly RegExp[] = [
  /^(?:sshd|dropbear|in\.telnetd)$/,
  /^(?:mysqld|mariadbd|postgres|mongod|redis-server|valkey-server|memcached|influxd|etcd|beam\.smp|couchdb)$/,
  /^(?:dockerd|containerd|kubelet|kube-apiserver|k3s-server)$/,
  /(?:^|[-_])exporter$/,
  /^(?:directadmin|cpsrvd|whostmgrd|pveproxy|sw-cp-serverd|munin-node|nrpe|zabbix_agentd|zabbix_agent2|cockpit-tls)$/,
  /^(?:Xvnc|Xtightvnc|x11vnc|xrdp|rpcbind|snmpd|smbd)$/,
];

/** Whether a process by this name serves administrators or other servers, whatever its port. */
export function isManagementProgram(name: string): boolean {
  return programs.some((pattern) => pattern.test(name));
}
