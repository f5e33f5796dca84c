#!/bin/sh
# Says at once everything that is missing for the demo and the tests. POSIX sh: it must run where Node is old or absent.
set -u

missing=''
lack() { missing="$missing
  - $1"; }

# at_least HAVE WANT: whether version HAVE (1.26.3, v20.1, go1.26) is WANT (major.minor) or newer.
at_least() {
  numbers=$(printf '%s' "$1" | sed 's/^[^0-9]*//; s/[^0-9.].*$//')
  major=${numbers%%.*}
  rest=${numbers#*.}
  [ "$rest" = "$numbers" ] && rest=0
  minor=${rest%%.*}
  case "$major$minor" in '' | *[!0-9]*) return 1 ;; esac
  [ "$major" -gt "${2%%.*}" ] || { [ "$major" -eq "${2%%.*}" ] && [ "$minor" -ge "${2#*.}" ]; }
}

# need COMMAND WANT HAVE ADVICE
need() {
  if ! command -v "$1" >/dev/null 2>&1; then
    lack "$1 $2 or newer: not found. $4"
  elif ! at_least "$3" "$2"; then
    lack "$1 $2 or newer: found ${3:-an unknown version}. $4"
  fi
}

# has_server NAME VARIABLE COMMAND...: whether the user brings this server; what test/servers/binaries.ts would take.
has_server() {
  name=$1
  eval "named=\${$2:-}"
  shift 2
  [ -n "$named" ] && [ -x "$named" ] && return 0
  [ -n "${KUBEBUILDER_ASSETS:-}" ] && [ -x "$KUBEBUILDER_ASSETS/$name" ] && return 0
  for candidate in "$@"; do
    command -v "$candidate" >/dev/null 2>&1 && return 0
  done
  return 1
}

cache="${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/social-channel-operator/servers"
to_build=''
not_built=''
want_server() {
  has_server "$@" && return
  to_build="$to_build $1"
  [ -n "$(find "$cache" -maxdepth 2 -name "$1" -type f 2>/dev/null | head -n 1)" ] || not_built="$not_built $1"
}

for tool in git make; do
  command -v "$tool" >/dev/null 2>&1 || lack "$tool: not found. Install it with the system's package manager."
done
need node 20.0 "$(node --version 2>/dev/null)" "Node runs npm; the Node that runs the product then comes with the packages."
need npm 10.0 "$(npm --version 2>/dev/null)" "It comes with Node 20 and newer."

want_server etcd ETCD_BIN etcd
want_server kube-apiserver KUBE_APISERVER_BIN kube-apiserver
want_server kube-controller-manager KUBE_CONTROLLER_MANAGER_BIN kube-controller-manager
want_server vault VAULT_BIN vault bao
want_server promtool PROMTOOL_BIN promtool
want_server prometheus PROMETHEUS_BIN prometheus
want_server amtool AMTOOL_BIN amtool
want_server kubeconform KUBECONFORM_BIN kubeconform
want_server kstatus KSTATUS_BIN kstatus

if [ -n "$to_build" ]; then
  need go 1.26 "$(go version 2>/dev/null | sed 's/^go version //')" \
    "It builds:$to_build. Binaries that you have are taken instead (below)."
fi

if [ -n "$not_built" ] && [ -d "${HOME:-}" ]; then
  free_kib=$(df -Pk "$HOME" 2>/dev/null | awk 'NR == 2 { print $4 }')
  if [ "${free_kib:-6291456}" -lt 6291456 ]; then
    lack "6 GB of disk in $HOME for Go's build cache and the servers: $((free_kib / 1048576)) GB are free."
  fi
fi

# Only `make test` needs it, and only some of its tests: they fail without it, each with this sentence.
browser=''
[ -n "${CHROMIUM_BIN:-}" ] && [ -x "$CHROMIUM_BIN" ] && browser=$CHROMIUM_BIN
for candidate in chromium chromium-browser google-chrome google-chrome-stable; do
  [ -n "$browser" ] || browser=$(command -v "$candidate" 2>/dev/null)
done
[ -n "$browser" ] || printf 'No Chromium: the browser tests of make test will fail. Install it (Debian: apt-get install chromium), or set CHROMIUM_BIN.\n' >&2

faster='The faster way: KUBEBUILDER_ASSETS=<folder with etcd, kube-apiserver, kube-controller-manager> and vault or bao
on PATH; or ETCD_BIN, KUBE_APISERVER_BIN, KUBE_CONTROLLER_MANAGER_BIN, VAULT_BIN, PROMTOOL_BIN,
PROMETHEUS_BIN, AMTOOL_BIN, KUBECONFORM_BIN, KSTATUS_BIN.'

if [ -n "$missing" ]; then
  printf 'This is missing:%s\n\n%s\n' "$missing" "$faster" >&2
  exit 1
fi

if [ -n "$not_built" ]; then
  printf 'First run: these servers are built once from pinned Go modules:%s.\n' "$not_built"
  printf 'That takes about 15 minutes on two cores and about 6 GB of disk with Go'\''s build cache; later runs skip it.\n'
  printf '%s\n' "$faster"
fi
