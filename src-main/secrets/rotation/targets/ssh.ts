import { createHash } from 'node:crypto'
import { Client, type ClientChannel, type ConnectConfig } from 'ssh2'
import { isKmsError } from '../../../../src-shared/errors'
import { zero } from '../../../crypto/bytes'
import { addKeyScript, exitCodes, removeKeyScript } from './authorized-keys'
import { sshKeyText } from './ssh-key-text'
import { applyFailed, loginRefused, nameOfError, unreachable, type Credential, type LoginAnswer, type RotationTarget, type TargetChange } from './target'
import { addressOf, answerMs } from './target-config'

/** Where an SSH server listens and how it is known. */
export interface SshPlace {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly hostKeyFingerprint: string | null
}

/** What every runtime that Keystead runs on has, and OpenSSH of the last ten years. */
const algorithms = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp384'],
  cipher: ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'aes256-ctr', 'aes128-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} satisfies ConnectConfig['algorithms']

/** Kinds of the server's key; a fingerprint says nothing of the kind, so that each is asked for until one fits. */
const hostKeyKinds = [['ssh-ed25519'], ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384'], ['rsa-sha2-512', 'rsa-sha2-256']] satisfies NonNullable<ConnectConfig['algorithms']>['serverHostKey'][]

/** What came of one try to log in. */
type Outcome = { state: 'in'; client: Client; hostKey: string } | { state: 'refused' } | { state: 'other-key'; hostKey: string } | { state: 'no-such-kind' } | { state: 'failed'; name: string }

/** The ~/.ssh/authorized_keys of an account, reached by SSH with the key that is in force. */
export class SshTarget implements RotationTarget {
  readonly keepsOld = true
  readonly isOpaque = false
  readonly #place: SshPlace

  constructor(place: SshPlace) {
    this.#place = place
  }

  async login(credential: Credential): Promise<LoginAnswer> {
    const outcome = await this.#connect(credential)
    if (outcome.state === 'refused') return { isAccepted: false, reason: 'The SSH server refuses this account with this key.', hostKey: null }
    outcome.client.end()
    return { isAccepted: true, reason: null, hostKey: outcome.hostKey }
  }

  async apply({ from, to }: TargetChange): Promise<void> {
    await this.#run(from, addKeyScript(publicKeyOf(from), publicKeyOf(to)))
  }

  async retire(actor: Credential, credential: Credential): Promise<void> {
    await this.#run(actor, removeKeyScript(publicKeyOf(credential)))
  }

  async close(): Promise<void> {}

  async #run(actor: Credential, script: string): Promise<void> {
    const outcome = await this.#connect(actor)
    if (outcome.state === 'refused') throw loginRefused('The SSH server refuses this account with this key.')
    try {
      const code = await runScript(outcome.client, script)
      if (code === exitCodes.keyNotFound) throw applyFailed('The key is not in ~/.ssh/authorized_keys of the account, which is the only place where it is looked for.')
      if (code !== exitCodes.done) throw applyFailed(`The file ~/.ssh/authorized_keys could not be changed (the shell ended with ${code ?? 'a signal'}).`)
    } catch (error) {
      throw isKmsError(error) ? error : applyFailed(`The SSH connection failed on the way (${nameOfError(error)}).`)
    } finally {
      outcome.client.end()
    }
  }

  /** ROTATION_TARGET_UNREACHABLE. */
  async #connect(credential: Credential): Promise<Extract<Outcome, { state: 'in' | 'refused' }>> {
    const { host, port, hostKeyFingerprint } = this.#place
    let shown: string | null = null
    for (const kinds of hostKeyKinds) {
      const outcome = await logIn(this.#place, credential, kinds)
      if (outcome.state === 'in' || outcome.state === 'refused') return outcome
      if (outcome.state === 'failed') throw unreachable(`The SSH server at ${host} port ${port} cannot be reached (${outcome.name}).`)
      if (outcome.state === 'other-key') shown ??= outcome.hostKey
    }
    if (shown === null) throw unreachable(`The SSH server at ${host} port ${port} has no key of a kind that is used here.`)
    throw unreachable(`The SSH server shows another key (${shown}) than the one that is known of it (${hostKeyFingerprint ?? ''}).`)
  }
}

function logIn({ host, port, user, hostKeyFingerprint }: SshPlace, credential: Credential, kinds: (typeof hostKeyKinds)[number]): Promise<Outcome> {
  const client = new Client()
  const privateKey = sshKeyText(credential.secret)
  let hostKey = ''
  const outcome = new Promise<Outcome>((resolve) => {
    client.on('ready', () => resolve({ state: 'in', client, hostKey }))
    client.on('error', (error) => resolve(outcomeOf(error, hostKey, hostKeyFingerprint)))
    client.on('close', () => resolve({ state: 'failed', name: 'it hung up' }))
    client.connect({
      host: addressOf(host),
      port,
      username: user,
      privateKey: Buffer.from(privateKey.buffer, privateKey.byteOffset, privateKey.length),
      authHandler: ['publickey'],
      readyTimeout: answerMs,
      algorithms: { ...algorithms, serverHostKey: kinds },
      hostVerifier: (key: Buffer) => {
        hostKey = fingerprintOf(key)
        return hostKeyFingerprint === null || hostKey === hostKeyFingerprint
      },
    })
  })
  return outcome.finally(() => zero(privateKey))
}

function outcomeOf(error: Error & { level?: string; code?: unknown }, hostKey: string, expected: string | null): Outcome {
  if (error.level === 'client-authentication') return { state: 'refused' }
  if (hostKey !== '' && expected !== null && hostKey !== expected) return { state: 'other-key', hostKey }
  if (error.level === 'handshake' && hostKey === '') return { state: 'no-such-kind' }
  return { state: 'failed', name: error.level === 'client-timeout' ? 'ETIMEDOUT' : nameOfError(error) }
}

/** The exit code; null when a signal ended the shell. The script comes in on standard input, so that it is in no list of processes. */
function runScript(client: Client, script: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })), answerMs)
    client.on('close', () => reject(new Error('closed')))
    client.exec('exec sh', (error: Error | undefined, channel: ClientChannel) => {
      if (error) return reject(error)
      channel.on('exit', (code: number | null) => {
        clearTimeout(timer)
        resolve(code)
      })
      channel.on('close', () => reject(new Error('closed')))
      channel.resume()
      channel.stderr.resume()
      channel.end(script)
    })
  })
}

/** As ssh-keygen -l shows it. */
export function fingerprintOf(hostKey: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(hostKey).digest('base64').replace(/=+$/, '')}`
}

function publicKeyOf({ publicKey }: Credential): string {
  if (publicKey === null) throw new Error('a key pair is needed here')
  return publicKey
}
