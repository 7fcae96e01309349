/** By which the machine is kept; another list of packages is another name. */
export const machineName = 'bookworm-machine-1';

/** For each right that a drop-in gives, something that asks for it. */
export const machinePackages: readonly string[] = [
  ...['apparmor', 'auditd', 'btrfs-progs', 'ca-certificates', 'chrony', 'cryptsetup-bin', 'curl', 'fail2ban'],
  ...['iputils-ping', 'libcap2-bin', 'logrotate', 'lvm2', 'nftables', 'nginx-light', 'python3-systemd', 'quota'],
  ...['rsyslog', 'sudo', 'thin-provisioning-tools'],
];
