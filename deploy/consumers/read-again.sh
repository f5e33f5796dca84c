#!/bin/sh
# Runs COMMAND for each connection, with the token of that moment on its standard input: never kept, never an argument.
#   read-again.sh sh -c 'read -r token; exec my-encoder --token-stdin'
set -u
folder=${TOKEN_FOLDER:-/run/social/twitch}
while :; do
  if [ "$(cat "$folder/state")" = NeedsReauth ]; then
    echo "the token ends at $(cat "$folder/expires_at") and a person has to reconnect the channel" >&2
  fi
  "$@" <"$folder/access_token" || echo "the connection ended with $?; again with the token that is there then" >&2
  sleep "${PAUSE_SECONDS:-5}"
done
