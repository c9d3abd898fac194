#!/bin/sh
# Makes the files of KeePassXC anew, with keepassxc-cli alone. The password is "golden password".
set -eu
cd "$(dirname "$0")"
unset DISPLAY
export QT_QPA_PLATFORM=offscreen
password='golden password'
kp() { command=$1; shift; printf '%s\n' "$password" | keepassxc-cli "$command" -q "$@"; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
printf 'attached text\n' > "$scratch/readme.txt"

rm -f keepassxc-*.kdbx
printf '%s\n%s\n' "$password" "$password" | keepassxc-cli import -p entries.xml keepassxc-import.kdbx >/dev/null 2>&1
kp attachment-import keepassxc-import.kdbx 'Bücher & Café' readme.txt "$scratch/readme.txt"
kp export -f csv keepassxc-import.kdbx > keepassxc.csv

# Version 3.1: nothing in it needs version 4.
printf '%s\n%s\n' "$password" "$password" | keepassxc-cli db-create -p -t 100 keepassxc-3.1.kdbx >/dev/null 2>&1
kp mkdir keepassxc-3.1.kdbx Servers
printf '%s\n%s\n' "$password" 'first password' | keepassxc-cli add -q keepassxc-3.1.kdbx Servers/build -u root --url ssh://build.example.org --notes 'in the cellar' -p
printf '%s\n%s\n' "$password" 'second password' | keepassxc-cli edit -q keepassxc-3.1.kdbx Servers/build -p
kp attachment-import keepassxc-3.1.kdbx Servers/build readme.txt "$scratch/readme.txt"

# Version 4: what was thrown away is remembered in a way that needs it.
cp keepassxc-3.1.kdbx keepassxc-cli.kdbx
printf '%s\n%s\n' "$password" 'gone' | keepassxc-cli add -q keepassxc-cli.kdbx Servers/old -p
kp rm keepassxc-cli.kdbx Servers/old
chmod 644 keepassxc-*.kdbx
