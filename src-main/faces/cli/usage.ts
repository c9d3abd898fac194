/** What `keystead --help` prints. */
export const usage = `Usage: keystead [--vault DIR] [--passphrase-file FILE] COMMAND

  init [--name NAME] [--kdf-target-ms N] [--recovery-kit FILE]
                                       create a vault; the words of the recovery kit go to FILE (0600)
  call OPERATION [JSON | -]            any operation by its KMS name and PascalCase parameters; JSON on stdout
  operations [NAME]                    the operations of call, or what one of them takes and answers
  encrypt -k KEY [-o OUT] [-f] [--context NAME=VALUE]... FILE...
  decrypt [-o OUT] [-f] FILE...        OUT: a file for one FILE, a folder for several; -f replaces what is there
  inspect FILE                         the header as JSON: suite, recipients, frame length, context, plaintext size
  audit [--verify]                     the audit log, newest first; --verify checks its chain

The vault is DIR, else $KEYSTEAD_VAULT, else your default vault. The passphrase is the first line of FILE, else it is
asked on the terminal. "-" as FILE is standard input and output.
Exit code: 0 done, 1 refused ({"Code","Message"} on stderr), 2 the call cannot be understood.
`
