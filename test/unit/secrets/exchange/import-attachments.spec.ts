import { strToU8, zipSync } from 'fflate'
import { beforeEach, expect, describe, it } from 'vitest'
import { attachmentPieceBytes } from '../../../../src-main/secrets/attachment-rows'
import { SecretImports } from '../../../../src-main/secrets/exchange/secret-imports'
import { piecesOf } from '../../../../src-main/secrets/window/attachments'
import { callerOf, parsed } from '../../../support/keystore-fixture'
import { openSecrets, type OpenedSecrets } from '../../../support/secrets-fixture'
import { InThread } from './in-thread'

type Files = readonly (readonly [name: string, content: Uint8Array])[]

let opened: OpenedSecrets
let imports: SecretImports

beforeEach(async () => {
  opened = await openSecrets()
  imports = new SecretImports(new InThread())
})

/** A 1PUX archive of one item with these files. */
function archiveOf(files: Files, password = 'p'): Uint8Array {
  const fields = files.map(([fileName], at) => ({ value: { file: { fileName, documentId: `d${at}` } } }))
  const item = { overview: { title: 'contract' }, details: { password, sections: [{ fields }] } }
  const documents = Object.fromEntries(files.map(([, content], at) => [`files/d${at}__x`, content]))
  return zipSync({ 'export.data': strToU8(JSON.stringify({ accounts: [{ vaults: [{ items: [item] }] }] })), ...documents }, { level: 0 })
}

async function importAgain(files: Files, password?: string) {
  const { importId } = await imports.preview(opened.secrets.session(), { name: 'file', bytes: archiveOf(files, password) }, parsed('previewSecretImport', { file: `h-${'0'.repeat(32)}` }))
  await imports.run(callerOf('runSecretImport'), parsed('runSecretImport', { importId, onNameTaken: 'new-version' }), () => undefined)
  const [row] = imports.results(parsed('listImportResults', { importId, count: 1 })).results
  return [row?.result, row?.code, ...(row?.problems ?? [])]
}

/** Names and contents, of which the first characters. */
async function kept(): Promise<string[]> {
  const session = opened.secrets.session()
  const { record } = session.resolve('contract')
  const told: string[] = []
  for (const attachment of record.attachments) {
    const pieces: Buffer[] = []
    for await (const piece of piecesOf(session, record, attachment)) pieces.push(Buffer.from(piece))
    told.push(`${attachment.name}: ${Buffer.concat(pieces).toString('utf8').slice(0, 20)}`)
  }
  return told
}

describe('files of an entry that is imported again', () => {
  it('are added where the secret does not have them, and once', async () => {
    await importAgain([['a.txt', strToU8('one')]])
    expect(await importAgain([['a.txt', strToU8('one')], ['b.txt', strToU8('one')]])).toEqual(['new-version', null])
    expect(await importAgain([['a.txt', strToU8('one')], ['b.txt', strToU8('one')]])).toEqual(['skipped', null])
    expect(await kept()).toEqual(['a.txt: one', 'b.txt: one'])
    expect(await opened.versionsOf('contract')).toEqual(['v1 ACSCurrent'])
  })

  it.each([
    ['another length', 'changed'],
    ['the same length', 'two'],
  ])('get another name when their content changed: %s', async (_, content) => {
    await importAgain([['a.txt', strToU8('one')], ['note', strToU8('n')]])
    const changed = [['a.txt', strToU8(content)], ['note', strToU8('m')]] as const
    expect(await importAgain(changed, 'new')).toEqual(['new-version', null, 'an attachment was renamed'])
    expect(await kept()).toEqual(['a.txt: one', 'note: n', `a-2.txt: ${content}`, 'note-2: m'])
    expect(await importAgain(changed, 'new')).toEqual(['skipped', null, 'an attachment was renamed'])
    expect(await kept()).toHaveLength(4)
  })

  it('are compared to their end', async () => {
    const long = new Uint8Array(attachmentPieceBytes + 10).fill(0x61)
    await importAgain([['a', long]])
    const other = Uint8Array.from(long)
    other[other.length - 1] = 0x62
    expect(await importAgain([['a', other]])).toEqual(['new-version', null, 'an attachment was renamed'])
    expect(await kept()).toHaveLength(2)
  })

  it('are told of when there is no room for them', async () => {
    const some = (start: number, count: number): Files => Array.from({ length: count }, (_, at) => [`f${start + at}`, strToU8(`${start + at}`)])
    await importAgain(some(0, 19))
    expect(await importAgain(some(10, 12))).toEqual(['new-version', null, 'has too many attachments; some were left out'])
    expect(await kept()).toHaveLength(20)
    expect(await importAgain([['f0', strToU8('changed')]])).toEqual(['skipped', null, 'has too many attachments; some were left out'])
  })
})
