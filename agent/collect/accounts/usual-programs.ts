/**
 * Programs with rights of their own that Debian 12, Ubuntu 24.04 and the Enterprise Linux 9 family install as part of
 * the system or with its usual services; that one of them was replaced is for a check of packages to see. Others are
 * asked of the package manager, which costs more.
 */
const names = [
  ...['chage', 'chfn', 'chsh', 'crontab', 'expiry', 'fusermount', 'fusermount3', 'gpasswd', 'mount', 'newgidmap'],
  ...['newgrp', 'newuidmap', 'passwd', 'ping', 'pkexec', 'ssh-agent', 'su', 'sudo', 'umount', 'wall', 'write'],
];
const others = [
  ...['/usr/lib/dbus-1.0/dbus-daemon-launch-helper', '/usr/libexec/dbus-1/dbus-daemon-launch-helper'],
  ...['/usr/lib/openssh/ssh-keysign', '/usr/libexec/openssh/ssh-keysign'],
  ...['/usr/lib/polkit-1/polkit-agent-helper-1', '/usr/libexec/polkit-agent-helper-1'],
  ...['/usr/sbin/unix_chkpwd', '/usr/sbin/pam_timestamp_check', '/usr/sbin/grub2-set-bootflag'],
];

export const usualPrograms: ReadonlySet<string> = new Set([...names.map((name) => `/usr/bin/${name}`), ...others]);
