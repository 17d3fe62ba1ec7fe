#!/bin/sh
# dockerd.sh FOLDER [ARGUMENT...]: a Docker engine that lives in FOLDER alone, until SIGTERM or its parent's death.
# Its containers, networks and volumes go with it; FOLDER/data, with the images, is kept, and its log when it failed.
set -eu

if [ "${CACHESTORM_UNSHARED-}" != yes ]; then
  # The parent's death is ours: a script that is killed leaves no engine. Our mounts are seen by nobody else.
  CACHESTORM_UNSHARED=yes exec setpriv --pdeathsig TERM unshare --mount --propagation private "$0" "$@"
fi
unset CACHESTORM_UNSHARED
folder=$1
shift

ask() { docker --host "unix://$folder/docker.sock" "$@"; }

# An engine that is stopped while containers run can leave their shims: they are removed first.
remove_leftovers() {
  for kind in 'container ls --all' 'network ls --filter type=custom' 'volume ls'; do
    left=$(ask $kind --quiet | xargs)
    [ -n "$left" ] || continue
    case $kind in
      container*) ask container rm --force --volumes $left ;;
      *) ask "${kind%% *}" rm $left ;;
    esac > /dev/null
    echo "left in the engine, and removed: ${kind%% *} $left" >&2
  done
}

engine=
stopping=
stop() {
  stopping=yes
  [ -n "$engine" ] || return 0
  remove_leftovers 2>&1 | grep '^left' >&2 || true
  kill -TERM "$engine" 2>/dev/null || true
}
trap stop TERM INT HUP

# Where docker and containerd write, whatever they are told.
made=
for outside in /opt/containerd /run/containerd /run/docker; do
  [ -d "$outside" ] || { mkdir "$outside" && made="$made $outside"; }
  mount -t tmpfs tmpfs "$outside"
done
bridge_was_there=$(ls -d /sys/class/net/docker0 2>/dev/null || true)
rm -rf "$folder/exec"

# No rules of the firewall, no forwarding: the published ports are served by docker-proxy.
dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/dockerd.pid" \
  --config-file "$folder/daemon.json" --host "unix://$folder/docker.sock" --group root \
  --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false "$@" > "$folder/dockerd.log" 2>&1 &
engine=$!
[ -z "$stopping" ] || stop
code=0
# A signal ends the wait, not the engine.
while wait "$engine" || code=$?; kill -0 "$engine" 2>/dev/null; do code=0; done

[ -n "$bridge_was_there" ] || ip link delete docker0 2>/dev/null || true
umount "$folder"/exec/netns/* 2>/dev/null || true
rm -rf "$folder/exec" "$folder/docker.sock" "$folder/dockerd.pid" "$folder/daemon.json"
[ "$code" -ne 0 ] || rm "$folder/dockerd.log"
umount --lazy /opt/containerd /run/containerd /run/docker
[ -z "$made" ] || rmdir $made
exit "$code"
