import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openPiece, openAttachmentKey } from '../../../../src-main/secrets/attachment-sealing'
import { pieceRowId } from '../../../../src-main/secrets/attachment-rows'
import { isKmsError } from '../../../../src-shared/errors'
import { secretLimits } from '../../../../src-shared/model/secrets'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { login, useSecretWindow } from './support'

const at = useTemporaryFolder()
const { call, save, codeFor, auditOf, relock, handleOf, application } = useSecretWindow(at)
const MiB = 1024 * 1024

async function attach(secretName: string, content: Uint8Array | string, name = 'file.bin') {
  writeFileSync(at(name), content)
  return (await call('addSecretAttachment', { secretName, file: handleOf(at(name), 'source') })).attachment
}

async function saved(secretName: string, attachmentId: string): Promise<Buffer> {
  await call('saveSecretAttachment', { secretName, attachmentId, target: handleOf(at('saved.bin'), 'target') })
  return readFileSync(at('saved.bin'))
}

const attachmentsOf = async (secretName: string) => (await call('getSecretDetails', { secretName })).attachments
const rowCount = async () => (await application().secrets.session().records.list('secret-attachment')).length

describe('attachments', () => {
  it.each([0, 1, MiB - 1, MiB, MiB + 1, 2 * MiB + 12_345])('of %i bytes come back as they were, over a lock', async (length) => {
    await save('a', login('x', 'y'))
    const content = randomBytes(length)
    const attachment = await attach('a', content, 'report.pdf')
    expect(attachment).toEqual({ attachmentId: attachment.attachmentId, name: 'report.pdf', sizeBytes: length, addedTime: '2026-09-01T12:00:00Z' })
    await relock()
    expect(await attachmentsOf('a')).toEqual([attachment])
    expect((await saved('a', attachment.attachmentId)).equals(content)).toBe(true)
    expect(statSync(at('saved.bin')).mode & 0o777).toBe(0o600)
    expect(await rowCount()).toBe(Math.max(1, Math.ceil(length / MiB)))
  })

  it('of the largest size are kept, and one byte more is refused', async () => {
    await save('a', login('x', 'y'))
    const content = randomBytes(secretLimits.attachmentBytes)
    const { attachmentId } = await attach('a', content)
    expect((await saved('a', attachmentId)).equals(content)).toBe(true)
    appendFileSync(at('file.bin'), 'x')
    expect(await codeFor('addSecretAttachment', { secretName: 'a', file: handleOf(at('file.bin'), 'source') })).toBe('FILE_TOO_LARGE')
    expect(await attachmentsOf('a')).toHaveLength(1)
  })

  it('are twenty at most', async () => {
    await save('a', login('x', 'y'))
    for (let number = 0; number < secretLimits.attachments; number++) await attach('a', String(number))
    expect(await codeFor('addSecretAttachment', { secretName: 'a', file: handleOf(at('file.bin'), 'source') })).toBe('LIMIT_EXCEEDED')
  })

  it('are called as the file, or as they are told to be, never as a path', async () => {
    await save('a', login('x', 'y'))
    writeFileSync(at('file.bin'), 'x')
    const add = (name: string) => codeFor('addSecretAttachment', { secretName: 'a', file: handleOf(at('file.bin'), 'source'), name })
    expect((await call('addSecretAttachment', { secretName: 'a', file: handleOf(at('file.bin'), 'source'), name: '合同 1.pdf' })).attachment.name).toBe('合同 1.pdf')
    for (const name of ['../x', 'a/b', 'a\\b', '..', '.', 'a\nb']) expect(await add(name)).toBe('INVALID_PARAMETER')
  })

  it('go with their secret and with their own removal', async () => {
    await save('a', login('x', 'y'))
    const [first, second] = [await attach('a', randomBytes(MiB + 1)), await attach('a', 'second')]
    await call('removeSecretAttachment', { secretName: 'a', attachmentId: first.attachmentId })
    expect([await attachmentsOf('a'), await rowCount()]).toEqual([[second], 1])
    expect(await codeFor('removeSecretAttachment', { secretName: 'a', attachmentId: first.attachmentId })).toBe('SECRET_ATTACHMENT_NOT_FOUND')
    await call('deleteSecret', { secretName: 'a', forceDeleteWithoutRecovery: true })
    expect(await rowCount()).toBe(0)
  })

  it('are not read from what is missing, no file, or has no handle; nothing is kept then', async () => {
    await save('a', login('x', 'y'))
    mkdirSync(at('folder'))
    const add = (file: string) => codeFor('addSecretAttachment', { secretName: 'a', file })
    expect(await add(handleOf(at('none'), 'source'))).toBe('FILE_NOT_FOUND')
    expect(await add(handleOf(at('folder'), 'source'))).toBe('FILE_NOT_REGULAR')
    expect(await add(`h-${'0'.repeat(32)}`)).toBe('HANDLE_INVALID')
    writeFileSync(at('file.bin'), 'x')
    expect(await codeFor('addSecretAttachment', { secretName: 'none', file: handleOf(at('file.bin'), 'source') })).toBe('SECRET_NOT_FOUND')
    expect([await attachmentsOf('a'), await rowCount()]).toEqual([[], 0])
  })

  it('are not saved where that cannot be, and leave nothing half written', async () => {
    await save('a', login('x', 'y'))
    const { attachmentId } = await attach('a', randomBytes(MiB + 1))
    mkdirSync(at('folder'))
    writeFileSync(at('folder', 'inside'), 'x')
    const saveTo = (path: string, id = attachmentId) => codeFor('saveSecretAttachment', { secretName: 'a', attachmentId: id, target: handleOf(path, 'target') })
    expect(await saveTo(at('folder'))).toBe('TARGET_NOT_WRITABLE')
    expect(await saveTo(at('none', 'file'))).toBe('TARGET_NOT_WRITABLE')
    expect(await saveTo(at('out'), 'none')).toBe('SECRET_ATTACHMENT_NOT_FOUND')
    expect([existsSync(at('out')), readdirSync(at()).filter((name) => name.endsWith('.tmp'))]).toEqual([false, []])
    await call('deleteSecret', { secretName: 'a' })
    expect(await saveTo(at('out'))).toBe('SECRET_IN_DELETE_WINDOW')
    expect((await auditOf('saveSecretAttachment')).map(([, code]) => code)).toEqual(['TARGET_NOT_WRITABLE', 'TARGET_NOT_WRITABLE', 'SECRET_ATTACHMENT_NOT_FOUND', 'SECRET_IN_DELETE_WINDOW'])
  })

  it('lie in the vault so that no byte of them can be read', async () => {
    await save('a', login('x', 'y'))
    await attach('a', 'canary-of-an-attachment'.repeat(100), 'canary-name.txt')
    await call('lockVault', {})
    const files = readdirSync(at('vault'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.map(({ name }) => basename(name))).toContain('vault.db')
    for (const { name, parentPath } of files) expect(readFileSync(`${parentPath}/${name}`).includes('canary')).toBe(false)
  })

  it('open only as the piece, of the attachment and of the secret, that they were sealed for', async () => {
    await save('a', login('x', 'y'))
    const attachment = await attach('a', randomBytes(2 * MiB))
    const session = application().secrets.session()
    const { secretId } = session.resolve('a')
    const rows = await Promise.all([0, 1].map((piece) => session.records.read('secret-attachment', pieceRowId(attachment.attachmentId, piece))))
    const [first = new Uint8Array(0), second = new Uint8Array(0)] = rows.map((row) => row ?? new Uint8Array(0))
    const dataKey = await openAttachmentKey(session, secretId, attachment.attachmentId, first)
    const codeOfOpening = (open: () => unknown) => {
      try {
        open()
        return null
      } catch (error) {
        return isKmsError(error) ? error.code : error
      }
    }
    expect(codeOfOpening(() => openPiece(dataKey, secretId, attachment, 1, second))).toBeNull()
    expect(codeOfOpening(() => openPiece(dataKey, secretId, attachment, 0, second))).toBe('VAULT_DAMAGED')
    expect(codeOfOpening(() => openPiece(dataKey, secretId, { ...attachment, sizeBytes: MiB }, 0, first))).toBe('VAULT_DAMAGED')
    expect(codeOfOpening(() => openPiece(dataKey, secretId, { ...attachment, attachmentId: 'other' }, 0, first))).toBe('VAULT_DAMAGED')
    expect(codeOfOpening(() => openPiece(dataKey, 'other', attachment, 0, first))).toBe('VAULT_DAMAGED')
    expect(await openAttachmentKey(session, 'other', attachment.attachmentId, first).catch((error: unknown) => (isKmsError(error) ? error.code : error))).toBe('VAULT_DAMAGED')
  })
})
