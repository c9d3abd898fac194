/** What `keystead --help` prints; usageOf() finds the parts of it by their form. */
export const usage = `Usage: keystead [--vault DIR] [--passphrase-file FILE | --unlock-token TOKEN] [--token-pin-file FILE | --token-pin-fd N] COMMAND

  init [--name NAME] [--kdf-target-ms N] [--recovery-kit FILE]
                                       create a vault; the words of the recovery kit go to FILE (0600)
  call OPERATION [JSON | -]            any operation by its KMS name and PascalCase parameters; JSON on stdout
  operations [NAME]                    the operations of call, or what one of them takes and answers
  encrypt -k KEY [-o OUT] [-f] [--context NAME=VALUE]... FILE...
  decrypt [-o OUT] [-f] FILE...        OUT: a file for one FILE, a folder for several; -f replaces what is there
  inspect FILE                         the header as JSON: suite, recipients, frame length, context, plaintext size
  audit [--verify]                     the audit log, newest first; --verify checks its chain

  secret get NAME [--stage S | --version V] [--field F | --json] [-o FILE [-f]]
                                       the value as it is; with -o to a file (0600)
  secret put NAME [--file FILE] [--version-id V] [--stages S,S...] [--binary]
                                       a new version, from standard input or FILE, never from an argument
  secret put NAME --field F [--file FILE]
                                       one field, the others stay; --create [-k KEY] [--description TEXT]
                                       [--template T] makes the secret when it is not there
  secret list [--folder F] [--search WORDS] [--deleted] [--json]
  secret versions NAME [--json]
  secret stage NAME STAGE [--move-to V] [--remove-from V]
  secret rotate NAME [--version-id V | --retry | --roll-back]
  secret delete NAME [--days N | --force [-y]]
  secret restore NAME
  secret import FILE [--format F] [--password-file FILE] [--folder F] [--on-taken skip|rename|new-version] [--dry-run]
  secret export --format kdbx|env|json -o FILE [-f] [--folder F] [--password-file FILE] [--plain]
  generate [--length N] [--no-symbols] [--no-numbers] [--no-lowercase] [--no-uppercase] [--no-look-alikes]
           [--exclude CHARACTERS]      a password; or with --words N [--separator S] [--capitalise] [--number] of words

  token COMMAND [--module FILE [--parameters P]] [--token LABEL|SERIAL|ID|URI] [--pin-file F | --pin-fd N]
                                       what all of these take; the same with so-pin and new-pin
  token list | info | mechanisms [--json]
                                       tokens (USB HSMs, smart cards); no vault is needed
  token init --label L [--no-user-pin] [--destroy-keys] [-y]
                                       erases the token; without --token the only one that is not initialised
  token pin [--so | --reset]           a new user PIN; of the security officer; or set by the officer
  token objects [--search WORDS] [--class C,C...] [--public] [--json]
  token show OBJECT [--class C] [--public] [--json]
  token uri [OBJECT] [--public]        PKCS#11 URI of the token or an object
  token generate --type AES|RSA|EC|ED25519|GENERIC --label L [--size N | --curve C] [--id HEX] [--use U,U...]
           [--extractable] [--not-sensitive] [--ask-each-time] [--preview]
  token rename OBJECT [--label L] [--id HEX]
  token delete OBJECT... [--class C] [--all] [--destroy-keys] [-y]
  token import FILE --as private-key|secret-key|certificate|data [--label L] [--id HEX] [--type AES|GENERIC]
           [--use U,U...] [--extractable] [--not-sensitive] [--ask-each-time] [--password-file FILE]
           [--application A] [--public]
  token export OBJECT [--format PEM|DER] [-o FILE [-f]]
                                       certificates, public keys, data, and secret keys that can be read
  token wrap OBJECT --with KEY [--algorithm A] [-o FILE [-f]]
  token unwrap FILE --with KEY --type AES|GENERIC|RSA|EC|EDDSA --label L [--algorithm A] [--id HEX]
           [--use U,U...] [--extractable]
  token copy OBJECT --to TOKEN [--with KEY] [--extractable] [--to-pin-file F | --to-pin-fd N]
  token sign OBJECT [-i FILE] [--algorithm A] [--is-digest] [-o FILE [-f]]
  token verify OBJECT --signature FILE [-i FILE] [--algorithm A] [--is-digest]
  token encrypt | decrypt OBJECT [-i FILE] [--algorithm A] [--aad-file FILE] [-o FILE [-f]]
  token csr OBJECT --subject S [--san NAME]... [-o FILE [-f]]
  token certificate OBJECT --subject S [--san NAME]... [--days N] [--ca] [--not-stored] [-o FILE [-f]]
  token ssh-key OBJECT [--comment TEXT]
  token random N [-o FILE [-f]]        random bytes of the token
  token digest [--algorithm A] [-i FILE]
  token module list | find [--json]    the PKCS#11 modules that are allowed, or installed
  token module add FILE [--name N] | accept FILE | remove FILE | examine FILE

  run [--env-file FILE]... [--no-masking] -- COMMAND [ARGUMENT]...
                                       references in the environment become values, for COMMAND only
  read [-n] REFERENCE                  one value; -n adds a line end
  inject [-i TEMPLATE] [-o FILE [-f]]  {{ REFERENCE }} in a template become values; FILE is 0600

A REFERENCE is keystead://NAME[/FIELD][?stage=S or ?version=V], or with #FIELD at its end.

The vault is DIR, else $KEYSTEAD_VAULT, else your default vault. The passphrase is the first line of FILE, else it is
asked on the terminal. TOKEN is the label or serial number of a token that opens the vault. Its PIN, and that of a token
with a key which is used, is the first line of --token-pin-file, else it is asked likewise.
"-" as FILE is standard input and output. An OBJECT is a label, a CKA_ID in hex, an id or a PKCS#11 URI.
Exit code: 0 done, 1 refused ({"Code","Message"} on stderr), 2 the call cannot be understood. run ends as COMMAND does.
`

/** A command and what is said of it: from its line to the next command. */
const blocks = usage.split(/\n(?= {2}\S|\n)/).filter((block) => block.startsWith('  '))
/** The words by which a block is called: those before its arguments. */
const namesOf = (block: string): readonly string[] => /^(?: *[a-z-]+ *\|?)+(?= |$)/m.exec(block)?.[0].match(/[a-z-]+/g) ?? []

/** What --help prints for the words of a command: the part that is about it, or all of it when they name none. */
export function usageOf(words: readonly string[]): string {
  const [first, second] = words
  const ofFirst = blocks.filter((block) => namesOf(block)[0] === first)
  const isShared = (block: string) => namesOf(block).length === 1
  const named = second === undefined ? [] : ofFirst.filter((block) => namesOf(block).includes(second))
  const chosen = named.length > 0 ? ofFirst.filter((block) => isShared(block) || named.includes(block)) : ofFirst
  const head = usage.slice(0, usage.indexOf('\n'))
  const tail = usage.slice(usage.indexOf('\nThe vault is'))
  return chosen.length === 0 ? usage : `${head}\n\n${chosen.join('\n')}\n${tail}`
}
