#!/bin/sh
# Puts the agent on this host, or takes it away, in one step: what goes wrong leaves the host as it was. Run as root.
#
#     apply.sh STAGE install COLLECTOR LOG_KEY CA | rollback | remove
#
# LOG_KEY and CA are empty where there is none. STAGE/manifest has a line for each file that changes: NAME PATH MODE OWNER, and STAGE/files/NAME is the file. A one-time
# token for the enrolment comes by standard input, an empty line where none is wanted.
set -eu

stage=$1
action=$2
COLLECTOR=${3-}
LOG_KEY=${4-}
CA=${5-}
state=/var/lib/waarborg/deploy
packages=$state/packages
units=/etc/systemd/system
wanted=$units/timers.target.wants/waarborg-agent.timer
count=0

mkdir -p "$stage/before" "$stage/files"
: >"$stage/undo"
IFS= read -r WAARBORG_TOKEN || WAARBORG_TOKEN=

# Packages bring the program and its units; else both are files of ours.
is_packaged() {
	[ -d "$packages" ] || grep -qs '\.deb ' "$stage/manifest"
}

program() {
	if is_packaged; then echo /usr/bin/waarborg; else echo /usr/local/bin/waarborg; fi
}

has_systemd() {
	[ -d /run/systemd/system ]
}

# What was done is undone in reverse order. Nothing ends that halfway: no signal, and nobody who no longer listens.
finish() {
	code=$?
	trap - EXIT
	trap '' HUP INT TERM PIPE
	if [ "$code" -ne 0 ]; then
		set +e
		tac "$stage/undo" >"$stage/back"
		sh "$stage/back" </dev/null >/dev/null 2>&1
		if has_systemd; then systemctl daemon-reload; fi
	fi
	rm -rf "$stage"
	exit "$code"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM PIPE

fail() {
	echo "$1" >&2
	exit 1
}

# Two at a time would undo each other's work. The lock goes with the last process that has it open.
lock() {
	command -v flock >/dev/null 2>&1 || fail "this host has no flock, which keeps two deployments apart"
	exec 9>/run/waarborg-deploy.lock
	flock -n 9 || fail "another deployment is under way on this host"
}

undo_by() {
	echo "$*" >>"$stage/undo"
}

there() {
	[ -e "$1" ] || [ -L "$1" ]
}

# keep PATH: it can be put back, or taken away where it was not there.
keep() {
	if there "$1"; then
		count=$((count + 1))
		cp -a "$1" "$stage/before/$count"
		undo_by "cp -a $stage/before/$count $1.waarborg-new && mv -f $1.waarborg-new $1"
	else
		undo_by "rm -f $1 $1.waarborg-new"
	fi
}

# place SOURCE PATH MODE OWNER
place() {
	keep "$2"
	cp "$1" "$2.waarborg-new"
	chown "$4" "$2.waarborg-new"
	chmod "$3" "$2.waarborg-new"
	mv -f "$2.waarborg-new" "$2"
}

# folder PATH MODE OWNER
folder() {
	if [ -d "$1" ]; then return; fi
	mkdir "$1"
	undo_by "rm -rf $1"
	chown "$3" "$1"
	chmod "$2" "$1"
}

account() {
	if id waarborg-agent >/dev/null 2>&1; then return; fi
	if command -v useradd >/dev/null 2>&1; then
		useradd --system --user-group --no-create-home --home-dir /var/lib/waarborg/agent \
			--shell /usr/sbin/nologin waarborg-agent
		undo_by "userdel waarborg-agent"
	else
		addgroup -S waarborg-agent
		undo_by "delgroup waarborg-agent"
		adduser -S -D -H -h /var/lib/waarborg/agent -s /sbin/nologin -G waarborg-agent waarborg-agent
		undo_by "deluser waarborg-agent"
	fi
}

# A version is the program with its units, or the packages; what is in force now is the one before the next.
remember() {
	mkdir "$stage/previous"
	for path in /usr/local/bin/waarborg "$units/waarborg-agent.service" "$units/waarborg-agent.timer" "$packages"/*.deb; do
		if [ -f "$path" ]; then cp -a "$path" "$stage/previous/"; fi
	done
}

dpkg_install() {
	export DEBIAN_FRONTEND=noninteractive
	if dpkg --force-confold -i "$packages"/*.deb >&2; then return; fi
	# What they depend on is not there yet.
	apt-get -q -y --no-install-recommends --allow-downgrades -o Dpkg::Options::=--force-confold \
		install "$packages"/*.deb >&2
}

is_installed() {
	case $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) in
	'' | not-installed | config-files) return 1 ;;
	esac
}

# Undone in reverse: the packages are put back first, and then installed. Purging takes keys and settings away, and so is
# only for a host that had neither.
install_packages() {
	if ! grep -q '\.deb ' "$stage/manifest"; then return; fi
	if [ -d "$packages" ]; then
		undo_by "dpkg --force-confold -i $packages/*.deb"
	elif is_installed waarborg || is_installed waarborg-agent; then
		fail "its packages were installed in another way: upgrade them in that way, or remove them first"
	elif there /var/lib/waarborg/agent || there /etc/waarborg/agent.yaml; then
		undo_by "dpkg --remove waarborg-agent waarborg"
	else
		undo_by "dpkg --purge waarborg-agent waarborg"
	fi
	folder "$packages" 755 root:root
	grep '\.deb ' "$stage/manifest" >"$stage/packages"
	while read -r name path mode owner; do
		place "$stage/files/$name" "$path" "$mode" "$owner"
	done <"$stage/packages"
	dpkg_install
}

place_all() {
	grep -v '\.deb ' "$stage/manifest" >"$stage/others" || true
	while read -r name path mode owner; do
		place "$stage/files/$name" "$path" "$mode" "$owner"
	done <"$stage/others"
	if ! there "$wanted"; then
		keep "$wanted"
		if is_packaged; then unit=/lib/systemd/system; else unit=..; fi
		ln -s "$unit/waarborg-agent.timer" "$wanted"
	fi
}

enrol() {
	export WAARBORG_TOKEN COLLECTOR LOG_KEY CA
	undo_by "rm -f /var/lib/waarborg/agent/identity.json"
	PROGRAM=$(program)
	export PROGRAM
	# shellcheck disable=SC2016 # The shell of that user puts them in.
	su -s /bin/sh -c 'exec "$PROGRAM" enrol --collector "$COLLECTOR" ${LOG_KEY:+--log-key "$LOG_KEY"} ${CA:+--ca "$CA"} \
		--config /etc/waarborg/agent.yaml' waarborg-agent >&2
	unset WAARBORG_TOKEN
}

start() {
	if ! has_systemd; then return; fi
	systemctl daemon-reload
	if systemctl is-active --quiet waarborg-agent.timer; then
		systemctl restart waarborg-agent.timer
	else
		undo_by "systemctl stop waarborg-agent.timer"
		systemctl start waarborg-agent.timer
	fi
}

settle() {
	if [ ! -d "$stage/previous" ]; then return; fi
	if [ -z "$(ls "$stage/previous")" ]; then return; fi
	rm -rf "$state/previous"
	mv "$stage/previous" "$state/previous"
}

install_all() {
	if [ ! -d "$units" ]; then fail "this host has no systemd, whose timer starts the agent"; fi
	if grep -qE '^(waarborg|waarborg-agent\.(service|timer)|.*\.deb) ' "$stage/manifest"; then remember; fi
	folder /var/lib/waarborg 755 root:root
	folder "$state" 700 root:root
	install_packages
	account
	folder /etc/waarborg 755 root:root
	folder /var/lib/waarborg/agent 700 waarborg-agent:waarborg-agent
	folder "$units/timers.target.wants" 755 root:root
	place_all
	"$(program)" --version >/dev/null || fail "the program does not run on this host"
	if [ -n "$WAARBORG_TOKEN" ]; then enrol; fi
	start
	settle
}

roll_back() {
	if [ ! -d "$state/previous" ]; then fail "there is no version before this one"; fi
	cp -a "$state/previous/." "$stage/files/"
	: >"$stage/manifest"
	for path in "$stage/files"/*; do
		name=${path##*/}
		case $name in
		waarborg) echo "$name /usr/local/bin/waarborg 755 root:root" ;;
		*.deb) echo "$name $packages/$name 644 root:root" ;;
		*) echo "$name $units/$name 644 root:root" ;;
		esac >>"$stage/manifest"
	done
	install_all
}

# Keys, settings and reports that wait stay: the host can come back as who it was.
remove_all() {
	if has_systemd && systemctl is-active --quiet waarborg-agent.timer; then
		undo_by "systemctl start waarborg-agent.timer"
		systemctl stop waarborg-agent.timer
	fi
	if [ -d "$packages" ]; then
		undo_by "dpkg --force-confold -i $packages/*.deb"
		dpkg --remove waarborg-agent waarborg >&2
	fi
	for path in "$wanted" "$units/waarborg-agent.timer" "$units/waarborg-agent.service" /usr/local/bin/waarborg; do
		if there "$path"; then
			keep "$path"
			rm -f "$path"
		fi
	done
	if has_systemd; then systemctl daemon-reload; fi
	rm -rf "$state"
}

lock
case $action in
install) install_all ;;
rollback) roll_back ;;
remove) remove_all ;;
*) fail "unknown action $action" ;;
esac
# All is done, whether anybody still hears it or not.
trap '' HUP INT TERM PIPE
echo "done" || true
