#!/bin/sh
# Tells what "waarborg deploy" has to know of this host, one `key=value` a line. Nothing is changed.
#
#     inspect.sh PATH...        of each: its SHA-256, mode and owner, or that it is absent
set -eu

echo "uid=$(id -u)"
echo "hostname=$(uname -n)"
if [ -s /var/lib/waarborg/agent/identity.json ]; then echo enrolled=yes; else echo enrolled=no; fi
if [ -d /var/lib/waarborg/deploy/previous ]; then echo previous=yes; else echo previous=no; fi
if [ ! -d /run/systemd/system ]; then
	echo timer=no-systemd
elif systemctl is-active --quiet waarborg-agent.timer; then
	echo timer=active
else
	echo timer=inactive
fi
for path in "$@"; do
	if [ -f "$path" ]; then
		echo "file=$(sha256sum <"$path" | cut -d ' ' -f 1) $(stat -L -c '%a %U:%G' "$path") $path"
	elif [ -e "$path" ] || [ -L "$path" ]; then
		echo "other=$path"
	else
		echo "absent=$path"
	fi
done
