import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, type EffectScope } from 'vue'
import { kms } from '../../../src-renderer/bridge'
import { useSecretEditor } from '../../../src-renderer/features/secrets/edit/use-secret-editor'
import { KmsError } from '../../../src-shared/errors'
import { installFakeBridge } from '../../support/fake-bridge'
import type { FakeState } from '../../support/fake/state'

/** A secret of plain text, and one of fields. */
const plain = 'work/payments/webhook-signing'
const login = 'work/github'

let main: FakeState
let scope: EffectScope

beforeEach(() => {
  main = installFakeBridge({ status: { state: 'unlocked' }, keyCount: 2, secretCount: 16 })
  setActivePinia(createPinia())
  scope = effectScope()
})
afterEach(() => scope.stop())

function panel() {
  const isOpen = ref(false)
  const existing = ref<string | undefined>()
  const folder = ref('work')
  const saved: string[] = []
  const editor = scope.run(() =>
    useSecretEditor({
      isOpen, existing: () => existing.value, folder: () => folder.value,
      onSaved: async ({ secretName }) => void saved.push(secretName),
      onRenamed: (secretName) => void saved.push(`renamed ${secretName}`),
    }),
  )
  if (!editor) throw new Error('The scope has ended.')
  async function open(secretName?: string): Promise<void> {
    existing.value = secretName
    isOpen.value = true
    await nextTick()
    if (secretName !== undefined) await vi.waitFor(() => expect(editor?.edited.value?.row.secretName).toBe(secretName))
  }
  return { editor, isOpen, existing, folder, saved, open }
}
type Panel = ReturnType<typeof panel>

function draftOf({ editor }: Panel) {
  if (editor.draft.value === null) throw new Error('There is no draft.')
  return editor.draft.value
}
async function submit({ editor }: Panel): Promise<void> {
  editor.submit()
  await vi.waitFor(() => expect(editor.isSaving.value).toBe(false))
}
const valueOf = async (secretName: string) => new TextDecoder().decode((await kms.revealSecretValue({ secretName })).value)
const namesOf = () => main.secrets.map(({ name }) => name)

describe('a panel that is open', () => {
  it('forgets the secret that was edited when a new one is made in it, and makes that one', async () => {
    const form = panel()
    await form.open(plain)
    draftOf(form).plain = { value: 'of the old one', isKept: false }
    form.existing.value = undefined
    await nextTick()
    expect([form.editor.draft.value, form.editor.edited.value]).toEqual([null, null])
    form.editor.choose('plain')
    Object.assign(draftOf(form), { name: 'work/new', plain: { value: 'of the new one', isKept: false } })
    await submit(form)
    expect(form.saved).toEqual(['work/new'])
    expect([await valueOf(plain), await valueOf('work/new')]).toEqual(['whsec_5f2b90c1aa7d', 'of the new one'])
  })

  it('goes back to the kinds without the secret that was edited', async () => {
    const form = panel()
    await form.open(plain)
    form.editor.back()
    form.editor.choose('plain')
    Object.assign(draftOf(form), { name: 'work/new', plain: { value: 'x', isKept: false } })
    await submit(form)
    expect(namesOf()).toEqual(expect.arrayContaining([plain, 'work/new']))
  })
})

describe('what would be lost', () => {
  it('is nothing of a secret as it was loaded, and what was typed from then on', async () => {
    const form = panel()
    await form.open(login)
    expect(form.editor.isDirty.value).toBe(false)
    draftOf(form).description += '.'
    expect(form.editor.isDirty.value).toBe(true)
    draftOf(form).description = draftOf(form).description.slice(0, -1)
    expect(form.editor.isDirty.value).toBe(false)
    const password = draftOf(form).fields.find(({ name }) => name === 'password')
    Object.assign(password ?? {}, { isKept: false, value: 'typed' })
    expect(form.editor.isDirty.value).toBe(true)
  })

  it('is nothing of a kind that was chosen, also in another folder of the page, and anything typed in it', async () => {
    const form = panel()
    await form.open()
    expect(form.editor.isDirty.value).toBe(false)
    form.editor.choose('env')
    form.folder.value = 'personal'
    expect(form.editor.isDirty.value).toBe(false)
    draftOf(form).pasted = 'TOKEN=1'
    expect(form.editor.isDirty.value).toBe(true)
    form.editor.choose('Rds')
    expect(form.editor.isDirty.value).toBe(false)
    draftOf(form).managed.secret = 'typed'
    expect(form.editor.isDirty.value).toBe(true)
  })

  it('is a row of tags that is no tag yet', async () => {
    const form = panel()
    await form.open(login)
    form.editor.areTagsValid.value = false
    expect(form.editor.isDirty.value).toBe(true)
  })
})

describe('a save of plain text', () => {
  async function edited(name: string): Promise<Panel> {
    const form = panel()
    await form.open(plain)
    Object.assign(draftOf(form), { name, description: 'Signs webhooks', plain: { value: 'typed', isKept: false } })
    return form
  }

  it('saves the name, what is around, and the value', async () => {
    const form = await edited('work/payments/hooks')
    await submit(form)
    expect([form.saved, form.isOpen.value]).toEqual([['work/payments/hooks'], false])
    const { row } = await kms.getSecretDetails({ secretName: 'work/payments/hooks' })
    expect([row.description, row.currentVersionId, await valueOf('work/payments/hooks')]).toEqual(['Signs webhooks', 'v2', 'typed'])
  })

  it('saves nothing for a name that is taken, keeps what was typed, and goes on with another name', async () => {
    const form = await edited(login)
    await submit(form)
    expect([form.editor.saveError.value?.code, form.editor.outcome.value, draftOf(form).plain.value]).toEqual(['SECRET_EXISTS', 'nothing', 'typed'])
    expect(await valueOf(plain)).toBe('whsec_5f2b90c1aa7d')
    draftOf(form).name = 'work/payments/hooks'
    expect(form.editor.canSave.value).toBe(true)
    await submit(form)
    expect(await valueOf('work/payments/hooks')).toBe('typed')
  })

  it('says that all but the value was saved, and saves the value with the next try', async () => {
    main.failures.set('putSecretValue', new KmsError('KEY_DISABLED', 'The key is disabled.'))
    const form = await edited('work/payments/hooks')
    await submit(form)
    expect([form.editor.saveError.value?.code, form.editor.outcome.value, draftOf(form).plain.value, form.saved]).toEqual(['KEY_DISABLED', 'allButValue', 'typed', []])
    await submit(form)
    expect(form.saved).toEqual(['work/payments/hooks'])
    expect(await valueOf('work/payments/hooks')).toBe('typed')
    // The page follows, to this name and later to others.
    form.existing.value = 'work/payments/hooks'
    await nextTick()
    form.existing.value = login
    await nextTick()
    expect(form.saved).toEqual(['work/payments/hooks'])
  })

  it('tells the page of the new name when it is given up halfway', async () => {
    main.failures.set('putSecretValue', new KmsError('KEY_DISABLED', 'The key is disabled.'))
    const form = await edited('work/payments/hooks')
    await submit(form)
    form.isOpen.value = false
    await nextTick()
    expect(form.saved).toEqual(['renamed work/payments/hooks'])
    expect(form.editor.draft.value).toBeNull()
  })

  it('refuses a version that came meanwhile before anything is saved, and starts over from that one', async () => {
    const form = await edited('work/payments/hooks')
    await kms.putSecretValue({ secretName: plain, versionId: 'v2', secretData: new TextEncoder().encode('theirs') })
    await submit(form)
    expect([form.editor.isChangedElsewhere.value, form.editor.outcome.value, form.editor.canSave.value]).toEqual([true, 'nothing', false])
    expect(namesOf()).not.toContain('work/payments/hooks')
    await form.editor.startOver()
    expect([form.editor.edited.value?.row.currentVersionId, form.editor.isDirty.value]).toEqual(['v2', false])
  })
})

describe('a save with another key', () => {
  it('says that the key was saved when the rest is refused', async () => {
    const form = panel()
    await form.open(login)
    Object.assign(draftOf(form), { keyId: main.keys[0]?.row.keyId ?? '', description: 'Other' })
    main.failures.set('saveSecret', new KmsError('SECRET_CHANGED', 'Another version is current.'))
    await submit(form)
    expect([form.editor.isChangedElsewhere.value, form.editor.outcome.value]).toEqual([true, 'key'])
  })

  it('says that nothing was saved when the key is refused', async () => {
    const form = panel()
    await form.open(login)
    Object.assign(draftOf(form), { keyId: main.keys[0]?.row.keyId ?? '', description: 'Other' })
    main.failures.set('changeSecret', new KmsError('KEY_DISABLED', 'The key is disabled.'))
    await submit(form)
    expect([form.editor.saveError.value?.code, form.editor.outcome.value]).toEqual(['KEY_DISABLED', 'nothing'])
    expect((await kms.getSecretDetails({ secretName: login })).row.description).not.toBe('Other')
  })
})
