#!/bin/bash
# The smallest Debian that runs Node, into ROOT; packages are kept in DEBS. Needs root and debootstrap.
set -euo pipefail
: "${ROOT:?}" "${DEBS:?}"
mirror=$(apt-get indextargets --format '$(REPO_URI)' | awk 'NR==1') # where apt itself gets its packages
mkdir -p "$DEBS"
debootstrap --cache-dir="$DEBS" --variant=minbase --include=ca-certificates,libstdc++6 bookworm "$ROOT" "$mirror" > "$ROOT.log"
rm -rf "$ROOT"/var/cache/apt/* "$ROOT"/var/lib/apt/lists/* "$ROOT"/usr/share/{doc,man,locale}/* "$ROOT"/var/log/* "$ROOT"/dev/*
