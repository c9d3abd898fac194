import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, type EffectScope } from 'vue'
import { kms } from '../../../src-renderer/bridge'
import {
  areTraitsGood, canAskEachTime, emptyTokenKeyDraft, emptyTraits, familyOf, keyRequest, presetOf, presetsOf, specFamilies, usePresets, withSpec,
} from '../../../src-renderer/features/tokens/token/generate/token-key-draft'
import { usePreview } from '../../../src-renderer/features/tokens/token/generate/use-preview'
import { findMechanisms } from '../../../src-renderer/features/tokens/token/mechanisms'
import { importKinds, importUses, isLengthGood, secretBytes, usualUses } from '../../../src-renderer/features/tokens/token/move/import-draft'
import { unwrappedUses } from '../../../src-renderer/features/tokens/token/move/unwrapped'
import { exportRule } from '../../../src-renderer/features/tokens/token/object/export-rule'
import { fileNameOf } from '../../../src-renderer/features/tokens/token/object/file-name'
import { cleanHex, idFault, isLabelGood } from '../../../src-renderer/features/tokens/token/object/label-and-id'
import { useObject } from '../../../src-renderer/features/tokens/token/object/use-object'
import { bytesPast, bytesPlace, isKey, objectName } from '../../../src-renderer/features/tokens/token/objects/object-looks'
import { useSelection } from '../../../src-renderer/features/tokens/token/objects/use-selection'
import { tokenTraits } from '../../../src-renderer/features/tokens/token/token-traits'
import { useToken } from '../../../src-renderer/features/tokens/token/use-token'
import { tokenActsOf } from '../../../src-renderer/features/tokens/token/workbench/token-acts'
import { useTokenWorkStore } from '../../../src-renderer/stores/token-work'
import type { TokenMechanism } from '../../../src-shared/contract/tokens'
import { KmsError } from '../../../src-shared/errors'
import { possibleTokenKeyUses, tokenKeySpecs } from '../../../src-shared/model/tokens'
import { installFakeBridge } from '../../support/fake-bridge'
import type { FakeState } from '../../support/fake/state'

const key = { objectClass: 'private-key', isSensitive: true, isExtractable: false, isPrivate: true } as const
const utf8 = (text: string) => new TextEncoder().encode(text)

describe('where the bytes of an object may go', () => {
  it('follows extractable first, then sensitive', () => {
    expect(bytesPlace(key)).toBe('never')
    expect(bytesPlace({ ...key, isSensitive: false })).toBe('never')
    expect(bytesPlace({ ...key, isExtractable: true })).toBe('wrapped')
    expect(bytesPlace({ ...key, isExtractable: true, isSensitive: false })).toBe('readable')
    expect(bytesPlace({ ...key, isExtractable: null })).toBe('untold')
    expect(bytesPlace({ objectClass: 'public-key', isSensitive: null, isExtractable: null, isPrivate: false })).toBe('public')
    expect(bytesPlace({ objectClass: 'data', isSensitive: null, isExtractable: null, isPrivate: true })).toBe('readable')
    expect(bytesPlace({ objectClass: 'data', isSensitive: null, isExtractable: null, isPrivate: false })).toBe('public')
  })

  it('is told with what has become of them so far', () => {
    const made = { objectClass: 'secret-key', isLocal: true, wasAlwaysSensitive: true, wasNeverExtractable: true } as const
    expect(bytesPast(made)).toBe('madeAndKept')
    expect(bytesPast({ ...made, wasNeverExtractable: false })).toBe('madeHere')
    expect(bytesPast({ ...made, isLocal: false })).toBe('broughtIn')
    expect(bytesPast({ ...made, isLocal: null })).toBe('untold')
    expect(bytesPast({ ...made, objectClass: 'certificate' })).toBeNull()
  })

  it('decides how they are exported', () => {
    expect(exportRule(key)).toBe('notExtractable')
    expect(exportRule({ ...key, isExtractable: true })).toBe('privateWrappedOnly')
    expect(exportRule({ ...key, isExtractable: true, isSensitive: false })).toBe('privateWrappedOnly')
    expect(exportRule({ objectClass: 'secret-key', isExtractable: true, isSensitive: true, isPrivate: true })).toBe('wrappedOnly')
    expect(exportRule({ objectClass: 'secret-key', isExtractable: true, isSensitive: false, isPrivate: true })).toBe('file')
    expect(exportRule({ objectClass: 'data', isExtractable: null, isSensitive: null, isPrivate: false })).toBe('file')
    expect(exportRule({ objectClass: 'certificate', isExtractable: null, isSensitive: null, isPrivate: false })).toBe('public')
    expect(exportRule({ objectClass: 'other', isExtractable: null, isSensitive: null, isPrivate: false })).toBe('untold')
  })
})

describe('names and ids', () => {
  it('take the label, then the subject, then the id', () => {
    expect(objectName({ label: 'tls', subject: 'CN=a', idHex: '01' })).toBe('tls')
    expect(objectName({ label: '', subject: 'CN=a', idHex: '01' })).toBe('CN=a')
    expect(objectName({ label: '', subject: null, idHex: '01' })).toBe('01')
    expect([isKey({ objectClass: 'public-key' }), isKey({ objectClass: 'data' })]).toEqual([true, false])
  })

  it('are hexadecimal as it is pasted, and of a length that the token takes', () => {
    expect(cleanHex(' 01:A2 b3\n')).toBe('01a2b3')
    expect([idFault('01:A2'), idFault(''), idFault('0'), idFault('zz'), idFault('00'.repeat(65))]).toEqual([null, null, 'notHex', 'notHex', 'idTooLong'])
    expect([isLabelGood('钥'.repeat(85)), isLabelGood('钥'.repeat(86))]).toEqual([true, false])
  })

  it('become names of files that no system refuses', () => {
    expect(fileNameOf('TLS: www.example.com / 主')).toBe('TLS-www.example.com-主')
    expect(fileNameOf('../..')).toBe('token-object')
  })
})

describe('a new key', () => {
  it('has every kind in one family, each with uses that it can have', () => {
    expect(specFamilies().flatMap(({ specs }) => specs).toSorted()).toEqual([...tokenKeySpecs].toSorted())
    for (const spec of tokenKeySpecs) {
      const possible = possibleTokenKeyUses(spec)
      for (const preset of presetsOf(spec)) expect(usePresets[preset].filter((use) => !possible.includes(use))).toEqual([])
    }
    expect([familyOf('ED25519'), familyOf('GENERIC_256')]).toEqual(['ed', 'generic'])
  })

  it('starts as AES for encryption that never leaves the token', () => {
    expect(emptyTokenKeyDraft()).toMatchObject({ keySpec: 'AES_256', uses: ['encrypt', 'decrypt'], isSensitive: true, isExtractable: false })
  })

  it('keeps its uses within a family and falls back to the usual ones of another', () => {
    const wrapping = { ...emptyTokenKeyDraft(), uses: usePresets.wrapping }
    expect(withSpec(wrapping, 'AES_128').uses).toEqual(['wrap', 'unwrap'])
    expect(withSpec(wrapping, 'EC_P256').uses).toEqual(['sign', 'verify'])
    const asking = { ...withSpec(wrapping, 'RSA_2048'), asksEachTime: true }
    expect([withSpec(asking, 'RSA_4096').asksEachTime, withSpec(asking, 'AES_256').asksEachTime]).toEqual([true, false])
    expect(tokenKeySpecs.filter((spec) => !canAskEachTime(spec)).every((spec) => /^(AES|GENERIC)_/.test(spec))).toBe(true)
  })

  it('knows a preset whatever the order of its uses', () => {
    expect([presetOf(['decrypt', 'encrypt']), presetOf(['sign']), presetOf([])]).toEqual(['encryption', null, null])
  })

  it('is asked for with a clean id and uses in order', () => {
    const draft = { ...emptyTokenKeyDraft(), label: ' backup ', idHex: 'AB:cd', uses: ['decrypt', 'encrypt'] as const }
    expect(keyRequest('t-1', draft)).toMatchObject({ label: 'backup', idHex: 'abcd', uses: ['encrypt', 'decrypt'] })
    expect('idHex' in keyRequest('t-1', { ...draft, idHex: ' ' })).toBe(false)
    expect([areTraitsGood(draft), areTraitsGood(emptyTraits([])), areTraitsGood({ ...draft, idHex: 'x' })]).toEqual([true, false, false])
  })
})

describe('what is brought to a token', () => {
  it('has uses that fit it', () => {
    for (const kind of importKinds) expect(importUses(kind, 'AES').possible).toEqual(expect.arrayContaining([...usualUses(kind, 'AES')]))
    expect(usualUses('secret', 'GENERIC')).toEqual(['sign', 'verify'])
    expect(usualUses('keyFile', 'AES')).toEqual(['sign', 'verify'])
  })

  it('has bytes of a length that the token takes', () => {
    expect([16, 17, 24, 32, 33].map((length) => isLengthGood('AES', length))).toEqual([true, false, true, true, false])
    expect([0, 1, 512, 513].map((length) => isLengthGood('GENERIC', length))).toEqual([false, true, true, false])
    expect([...(secretBytes('00 ff', 'hex') ?? [])]).toEqual([0, 255])
    expect([secretBytes('0g', 'hex'), secretBytes('AP8', 'base64')]).toEqual([null, null])
  })

  it('is unwrapped with the uses of a private part', () => {
    expect(unwrappedUses('RSA')).toMatchObject({ possible: ['sign', 'decrypt', 'unwrap'], usual: ['sign'], isPrivate: true })
    expect(unwrappedUses('AES')).toMatchObject({ usual: ['encrypt', 'decrypt'], isPrivate: false })
    expect(unwrappedUses('EDDSA').possible).toEqual(['sign'])
  })
})

describe('mechanisms, flags and acts', () => {
  const mechanism = (name: string, number: string, uses: TokenMechanism['uses']): TokenMechanism => ({ name, mechanism: number, uses, minKeySize: 0, maxKeySize: 0, isHardware: false })
  const all = [mechanism('CKM_SHA256', '0x250', ['digest']), mechanism('CKM_AES_GCM', '0x1087', ['encrypt', 'decrypt']), mechanism('CKM_AES_KEY_GEN', '0x1080', ['generate'])]

  it('are found by each word in name, number or use', () => {
    expect(findMechanisms(all, '').map(({ name }) => name)).toEqual(['CKM_AES_GCM', 'CKM_AES_KEY_GEN', 'CKM_SHA256'])
    expect(findMechanisms(all, 'aes encrypt').map(({ name }) => name)).toEqual(['CKM_AES_GCM'])
    expect(findMechanisms(all, '0x250').map(({ name }) => name)).toEqual(['CKM_SHA256'])
  })

  it('say what a token is', () => {
    const token = { isInitialized: true, isWriteProtected: false, needsLogin: true, hasPinPad: false, isRemovable: true }
    expect(tokenTraits(token)).toEqual(['needsLogin', 'removable'])
    expect(tokenTraits({ isInitialized: false, isWriteProtected: true, needsLogin: false, hasPinPad: true, isRemovable: false })).toEqual(['notInitialized', 'writeProtected', 'noLogin', 'pinPad', 'fixed'])
  })

  it('are offered where there is an algorithm', () => {
    expect(tokenActsOf({ encrypt: [], decrypt: ['AES_GCM'], sign: ['ED25519'], verify: [] })).toEqual(['decrypt', 'sign'])
  })
})

describe('the pages', () => {
  const tokenId = 't-00112233445566778899aabb'
  let main: FakeState
  let scope: EffectScope

  beforeEach(() => {
    main = installFakeBridge({ status: { state: 'unlocked' }, keyCount: 1, secretCount: 1 })
    setActivePinia(createPinia())
    scope = effectScope()
  })
  afterEach(() => scope.stop())

  function inScope<T>(use: () => T): T {
    const made = scope.run(use)
    if (made === undefined) throw new Error('The scope has ended.')
    return made
  }
  /** Takes the token out: the next answers know of none. */
  function takeOut() {
    return vi.spyOn(window.keystead.operations, 'listTokens').mockImplementation(async () => ({ ok: true, value: { tokens: [], emptySlots: 1, problems: [] } }))
  }

  it('keep what was seen of a token that is taken out, and read it again when it is back', async () => {
    const token = inScope(() => useToken(() => tokenId))
    expect(token.state.value).toBe('loading')
    await vi.waitFor(() => expect(token.state.value).toBe('full'))
    const out = takeOut()
    main.emit('tokensChanged', { tokenId })
    await vi.waitFor(() => expect(token.isAbsent.value).toBe(true))
    expect([token.state.value, token.token.value?.label]).toEqual(['full', 'Workstation token'])
    const before = token.changes.value
    out.mockRestore()
    main.emit('tokensChanged', { tokenId: null })
    await vi.waitFor(() => expect(token.isAbsent.value).toBe(false))
    expect(token.changes.value).toBeGreaterThan(before)
  })

  it('say that a token is not there which never was', async () => {
    const token = inScope(() => useToken(() => 't-ffffffffffffffffffffffff'))
    await vi.waitFor(() => expect(token.state.value).toBe('absent'))
  })

  it('show an object again when the token changed, and tell that it is gone', async () => {
    const { objects } = await kms.listTokenObjects({ tokenId })
    const objectId = objects[0]?.objectId ?? ''
    const [isAbsent, changes] = [ref(false), ref(0)]
    const object = inScope(() => useObject({ isAbsent, changes }, () => tokenId, () => objectId))
    await vi.waitFor(() => expect(object.details.value?.object.label).toBe('backup'))
    isAbsent.value = true
    await kms.deleteTokenObjects({ tokenId, objectIds: [objectId] })
    changes.value += 1
    await nextTick()
    expect([object.isGone.value, object.details.value?.object.label]).toEqual([false, 'backup'])
    isAbsent.value = false
    changes.value += 1
    await vi.waitFor(() => expect(object.isGone.value).toBe(true))
  })

  it('show the template of the draft as it is now', async () => {
    const draft = ref({ ...emptyTokenKeyDraft(), label: 'one' })
    const shown = inScope(() => usePreview(() => (draft.value.label === '' ? null : keyRequest(tokenId, draft.value))))
    const labelOf = () => shown.preview.value?.templates[0]?.attributes.find(({ name }) => name === 'CKA_LABEL')?.value
    await vi.waitFor(() => expect(labelOf()).toBe('one'))
    draft.value = { ...draft.value, label: 'two' }
    await nextTick()
    expect(shown.isCurrent.value).toBe(false)
    await vi.waitFor(() => expect([labelOf(), shown.isCurrent.value]).toEqual(['two', true]))
    draft.value = { ...draft.value, label: '' }
    await nextTick()
    expect(shown.preview.value).toBeNull()
  })

  it('keep ticks of objects that are scrolled away', async () => {
    await kms.generateTokenKey({ tokenId, keySpec: 'AES_256', label: 'second', uses: ['encrypt'] })
    const [first, second] = (await kms.listTokenObjects({ tokenId })).objects
    if (!first || !second) throw new Error('There are not two objects.')
    const selection = useSelection()
    for (const object of [first, second, first]) selection.toggle(object)
    expect([selection.objects.value.map(({ label }) => label), selection.has(first.objectId)]).toEqual([['second'], false])
    selection.clear()
    expect(selection.objects.value).toEqual([])
  })

  it('tell what a token is busy with until it is done, also when it fails', async () => {
    const store = useTokenWorkStore()
    const busy = store.of(tokenId)
    const failing = store.track({ tokenId, name: 'root' }, async () => {
      throw new KmsError('TOKEN_FULL', 'full')
    })
    const other = store.track({ tokenId: 't-other', name: 'elsewhere' }, async () => utf8('done'))
    expect(busy.value.map(({ name }) => name)).toEqual(['root'])
    await expect(failing).rejects.toMatchObject({ code: 'TOKEN_FULL' })
    await other
    expect(store.running).toEqual([])
  })
})
