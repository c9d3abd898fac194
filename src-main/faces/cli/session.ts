import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { OperationName } from '../../../src-shared/contract/catalog'
import type { PathUse } from '../../../src-shared/contract/fields'
import type { RequestInput, Response } from '../../../src-shared/contract/operations'
import type { TokenSummary } from '../../../src-shared/contract/tokens'
import { isKmsError, KmsError } from '../../../src-shared/errors'
import type { Application } from '../../compose'
import type { Caller } from '../../../src-shared/model/caller'
import { ownCopy } from '../../operations/own-copy'
import { zeroBytesIn } from '../../operations/zero-bytes'
import { tokenWaits, type MissedToken } from '../../../src-shared/token-waits'
import type { PassphraseSource } from './passphrase'
import { logInToMissed, presentToken, withMissedTokens } from './tokens/missed-tokens'
import { presentPin, withTries } from './tokens/pins'
import type { PinSource } from './tokens/token-options'

export interface CliSessionOptions {
  application: Application
  input: CliSession['input']
  output: CliSession['output']
  messages: Writable
  passphrase: PassphraseSource
  /** Label or serial number of the token that opens the vault; null: the passphrase does. */
  unlockToken: string | null
  /** Where the PIN of that token, and of tokens with keys of the vault, comes from. */
  tokenPin: PinSource
}

/** One run of the CLI: the composed services, where to read and write, how to get the passphrase. */
export class CliSession {
  readonly application: Application
  /** Standard input, as a terminal when it is one. */
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Writable & { readonly isTTY?: boolean }
  readonly messages: Writable
  readonly #passphrase: PassphraseSource
  readonly #unlockToken: string | null
  readonly #tokenPin: PinSource
  readonly #client: string
  /** The token for which the PIN of the file was taken. */
  #pinTokenId: string | null = null

  constructor(options: CliSessionOptions) {
    this.application = options.application
    this.input = options.input
    this.output = options.output
    this.messages = options.messages
    this.#passphrase = options.passphrase
    this.#unlockToken = options.unlockToken
    this.#tokenPin = options.tokenPin
    this.#client = userInfo().username
  }

  /** Runs an operation through dispatch; one that misses a token is carried out when somebody has logged in to it. Throws its KmsError. */
  async run<N extends OperationName>(operation: N, request: RequestInput<N>): Promise<Response<N>> {
    const run = (once: RequestInput<N>) => this.application.dispatcher.run(operation, once, { face: 'cli', client: this.#client })
    if (tokenWaits[operation] === undefined) return run(request)
    try {
      return await this.withTokens(() => run(ownCopy(request)))
    } finally {
      zeroBytesIn(request)
    }
  }

  /** Carries out what may miss tokens, and logs in to them on the way. */
  withTokens<T>(work: () => Promise<T>): Promise<T> {
    return withMissedTokens(this, this.#tokenPin, work)
  }

  /** Logs in to a token that was missed, unless somebody has. TOKEN_NOT_FOUND, TOKEN_LOGIN_NEEDED and the codes of a PIN. */
  async logInTo(missed: MissedToken): Promise<void> {
    await logInToMissed(this, this.#tokenPin, missed)
  }

  /** A PIN in a file is that of one token: at another it would cost a try. TOKEN_LOGIN_NEEDED. */
  spendPinOn({ tokenId, label }: TokenSummary): void {
    if (this.#tokenPin === null || !('file' in this.#tokenPin)) return
    if (this.#pinTokenId !== null && this.#pinTokenId !== tokenId) {
      throw new KmsError('TOKEN_LOGIN_NEEDED', 'Keys on several tokens are needed, and --token-pin-file has the PIN of one. Give them with --token-pin-fd N, one in a line.', { tokenLabel: label })
    }
    this.#pinTokenId = tokenId
  }

  /** The caller that services record when the CLI uses one without an operation of its own (streams). */
  callerOf(operation: OperationName): Caller {
    return { face: 'cli', client: this.#client, operation }
  }

  /** Asks for the passphrase, or the PIN of the token that was named, and opens the vault. */
  async unlock(): Promise<void> {
    if (this.#unlockToken !== null) return this.#unlockWith(this.#unlockToken)
    const passphrase = await this.#passphrase('Passphrase: ')
    try {
      await this.run('unlockVault', { passphrase })
    } finally {
      passphrase.fill(0)
    }
  }

  async #unlockWith(name: string): Promise<void> {
    const { tokenSlots } = (await this.run('vaultStatus', {})).status
    const [slot, ...others] = tokenSlots.filter(({ label, serial }) => label === name || serial === name)
    if (!slot) throw new KmsError('SLOT_NOT_FOUND', 'No token of this label or serial number opens the vault.')
    // Several keys of one token are as good as each other.
    if (others.some(({ serial }) => serial !== slot.serial)) throw new KmsError('TOKEN_AMBIGUOUS', 'Several tokens of this label open the vault. Name one by its serial number.')
    const token = await presentToken(this, this.#tokenPin, slot)
    this.spendPinOn(token)
    const pin = await presentPin(this, 'user PIN', token, this.#tokenPin)
    const again = pin && ownCopy(pin)
    try {
      await withTries(() => this.run('unlockWithToken', { slotId: slot.slotId, ...(pin && { pin }) }))
      // Keys of the vault that are on it are used with the same login, which the vault has ended by now.
      if (again && token.needsLogin) await this.#logInAgain(token.tokenId, again)
    } finally {
      pin?.fill(0)
      again?.fill(0)
    }
  }

  /** What needs the token says so when it could not be logged in to: the vault is open, and much else needs none. */
  async #logInAgain(tokenId: string, pin: Uint8Array): Promise<void> {
    try {
      await this.run('logInToToken', { tokenId, pin })
    } catch (error) {
      if (!isKmsError(error)) throw error
    }
  }

  /** A handle for a path relative to the working directory. */
  handleOf(path: string, use: PathUse): string {
    return this.application.handles.issue(resolve(path), use)
  }

  /** Bytes on standard output as they are; done when they are out. They are borrowed. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((done, refuse) => {
      this.output.write(bytes, (error) => (error ? refuse(new KmsError('TARGET_NOT_WRITABLE', 'Standard output cannot be written.', {}, error)) : done()))
    })
  }

  /** One line on standard output. */
  print(line: string): void {
    this.output.write(`${line}\n`)
  }
}
