import { KmsError } from '../../../../src-shared/errors'
import type { TokenDigestAlgorithm } from '../../../../src-shared/model/token-work'
import type { TokenObjectClass } from '../../../../src-shared/model/tokens'
import type { CliSession } from '../session'
import { chooseToken } from './choose-token'
import type { ObjectCommand } from './token-arguments'
import type { CipherCommand, NamesCommand, Output, SignCommand } from './token-key-arguments'
import type { TokenCall } from './token-options'
import { algorithmOf, handOut, openKey, readInput } from './token-work'

const signers: readonly TokenObjectClass[] = ['private-key', 'secret-key']
const verifiers: readonly TokenObjectClass[] = ['public-key', 'private-key', 'secret-key']

/** The signature, as bytes. */
export async function runTokenSign(session: CliSession, command: TokenCall & SignCommand & Output): Promise<void> {
  const message = await readInput(session, command.input)
  const { named } = await openKey(session, command, signers)
  const algorithm = await algorithmOf(session, named, 'sign', command.algorithm)
  const { signature } = await session.run('signWithTokenKey', { ...named, algorithm, message, messageType: command.isDigest ? 'DIGEST' : 'RAW' })
  await handOut(session, signature, command)
}

/** Says whether the signature is right; it is refused when it is not. */
export async function runTokenVerify(session: CliSession, command: TokenCall & SignCommand & { signature: string }): Promise<void> {
  const signature = await readInput(session, command.signature)
  const message = await readInput(session, command.input)
  const { named } = await openKey(session, command, verifiers)
  const algorithm = await algorithmOf(session, named, 'verify', command.algorithm)
  const { isValid } = await session.run('verifyWithTokenKey', { ...named, algorithm, message, signature, messageType: command.isDigest ? 'DIGEST' : 'RAW' })
  if (!isValid) throw new KmsError('TOKEN_DATA_REFUSED', 'The signature is not of this key over this message.')
  session.print(JSON.stringify({ IsValid: true }))
}

export async function runTokenEncrypt(session: CliSession, command: TokenCall & CipherCommand): Promise<void> {
  const plaintext = await readInput(session, command.input)
  const { named } = await openKey(session, command, ['secret-key', 'public-key'])
  const request = { ...named, ...(await associatedData(session, command)), algorithm: await algorithmOf(session, named, 'encrypt', command.algorithm) }
  const { ciphertext } = await session.run('encryptWithTokenKey', { ...request, plaintext })
  await handOut(session, ciphertext, command)
}

export async function runTokenDecrypt(session: CliSession, command: TokenCall & CipherCommand): Promise<void> {
  const ciphertext = await readInput(session, command.input)
  const { named } = await openKey(session, command, signers)
  const request = { ...named, ...(await associatedData(session, command)), algorithm: await algorithmOf(session, named, 'decrypt', command.algorithm) }
  const { plaintext } = await session.run('decryptWithTokenKey', { ...request, ciphertext })
  await handOut(session, plaintext, command)
}

async function associatedData(session: CliSession, { associatedDataFile }: CipherCommand): Promise<{ associatedData?: Uint8Array }> {
  return associatedDataFile === null ? {} : { associatedData: await readInput(session, associatedDataFile) }
}

/** Random bytes of the token, as they are. */
export async function runTokenRandom(session: CliSession, command: TokenCall & Output & { length: number }): Promise<void> {
  const { tokenId } = await chooseToken(session, command.place)
  const { random } = await session.run('tokenRandom', { tokenId, length: command.length })
  await handOut(session, random, command)
}

/** In hex, as sha256sum has it. */
export async function runTokenDigest(session: CliSession, command: TokenCall & { algorithm: TokenDigestAlgorithm; input: string }): Promise<void> {
  const data = await readInput(session, command.input)
  const { tokenId } = await chooseToken(session, command.place)
  const { digest } = await session.run('tokenDigest', { tokenId, algorithm: command.algorithm, data })
  session.print(Buffer.from(digest).toString('hex'))
}

/** A request for a certificate, PEM. */
export async function runTokenCsr(session: CliSession, command: TokenCall & NamesCommand): Promise<void> {
  const { named } = await openKey(session, command, ['private-key'])
  const { subject, subjectAlternativeNames } = command
  const { csr } = await session.run('createTokenCsr', { ...named, subject, subjectAlternativeNames })
  await handOut(session, pemBytes(csr), command)
}

/** A certificate that the key signs itself, PEM. */
export async function runTokenCertificate(session: CliSession, command: TokenCall & NamesCommand & { validityDays: number; isCa: boolean; isStored: boolean }): Promise<void> {
  const { named } = await openKey(session, command, ['private-key'])
  const { subject, subjectAlternativeNames, validityDays, isCa, isStored } = command
  const { certificate } = await session.run('createTokenCertificate', { ...named, subject, subjectAlternativeNames, validityDays, isCa, isStored })
  await handOut(session, pemBytes(certificate), command)
}

function pemBytes(pem: string): Uint8Array {
  return new TextEncoder().encode(`${pem.trimEnd()}\n`)
}

/** The line for authorized_keys. */
export async function runTokenSshKey(session: CliSession, command: TokenCall & ObjectCommand & { comment: string | null }): Promise<void> {
  const { named } = await openKey(session, command, ['private-key', 'public-key'])
  const { line } = await session.run('getTokenSshKey', { tokenId: named.tokenId, objectId: named.objectId, ...(command.comment !== null && { comment: command.comment }) })
  session.print(line.trimEnd())
}
