#!/bin/bash
# Runs inside a private D-Bus session. $1 = "unlocked" | "none"; $2 = file with the keyring's password; the rest = command.
# With "unlocked" a gnome-keyring is started for the session; its pid goes to $HOME/keyring.pid. It ends with the session.
set -u
mode=$1 password=$2
shift 2
if [ "$mode" = unlocked ]; then
  gnome-keyring-daemon --foreground --unlock --components=secrets <"$password" >/dev/null 2>&1 &
  keyring=$!
  echo $keyring >"$HOME/keyring.pid"
  trap 'kill -CONT $keyring; kill $keyring' EXIT
fi
"$@"
