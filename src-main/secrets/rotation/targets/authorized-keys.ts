/** How the scripts below end. */
export const exitCodes = { done: 0, keyNotFound: 3 } as const

const publicKey = /^[a-z0-9@.-]{1,64} [A-Za-z0-9+/]{1,4096}={0,2}$/

/**
 * A POSIX shell script that gives `added` a line beside every line of `present` in ~/.ssh/authorized_keys, with the same
 * options and comment. Nothing when it has one already. Ends with `keyNotFound` when there is no line of `present`.
 */
export function addKeyScript(present: string, added: string): string {
  return script(present, `
    case "$line" in *"$added"*) has_added=1;; *"$present"*) copies="$copies\${line%%"$present"*}$added\${line#*"$present"}$newline"; found=1;; esac
    printf '%s\\n' "$line" >&3`, `
  [ "$has_added$found" ] || exit ${exitCodes.keyNotFound}
  [ "$has_added" ] || printf '%s' "$copies" >&3`, added)
}

/** A POSIX shell script that takes the lines of `removed` out of ~/.ssh/authorized_keys. */
export function removeKeyScript(removed: string): string {
  return script(removed, `
    case "$line" in *"$present"*) ;; *) printf '%s\\n' "$line" >&3;; esac`, '')
}

/**
 * The file is written anew beside the old one, with its mode, and takes its place in one step. Everything is in a function,
 * so that a script that arrives in part does nothing. Public keys have no character that means anything to a shell.
 */
function script(present: string, eachLine: string, atTheEnd: string, added = present): string {
  for (const key of [present, added]) if (!publicKey.test(key)) throw new Error('not a public key')
  return `change() {
  set -eu
  umask 077
  present='${present}'
  added='${added}'
  newline='
'
  file="$HOME/.ssh/authorized_keys"
  if [ -L "$file" ]; then file=$(readlink -f "$file"); fi
  [ -f "$file" ] || exit ${exitCodes.keyNotFound}
  work=$(mktemp "$file.XXXXXX")
  trap 'rm -f "$work"' EXIT
  cp -p "$file" "$work"
  exec 3> "$work"
  found= has_added= copies=
  while IFS= read -r line || [ "$line" ]; do${eachLine}
  done < "$file"${atTheEnd}
  exec 3>&-
  mv -f "$work" "$file"
}
change
`
}
