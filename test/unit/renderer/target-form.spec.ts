import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, type EffectScope } from 'vue'
import { kms } from '../../../src-renderer/bridge'
import { useTargetForm } from '../../../src-renderer/features/secrets/rotation/use-target-form'
import { newArgument } from '../../../src-renderer/features/secrets/rotation/target-draft'
import type { RotationTargetView } from '../../../src-shared/contract/secret-rotation'
import { KmsError } from '../../../src-shared/errors'
import { installFakeBridge } from '../../support/fake-bridge'
import type { FakeState } from '../../support/fake/state'

const secretName = 'databases/warehouse'
const target: RotationTargetView = {
  kind: 'command', address: '', host: null, port: null, socketPath: null, database: null, accountHost: null, adminSecretName: null, user: null, hostKeyFingerprint: null,
  program: '/usr/bin/program-a', args: ['--all'], timeoutSeconds: 30,
}

let main: FakeState
let scope: EffectScope

beforeEach(() => {
  main = installFakeBridge({ status: { state: 'unlocked' }, keyCount: 1, secretCount: 16 })
  scope = effectScope()
})
afterEach(() => scope.stop())

async function openForm() {
  const isOpen = ref(false)
  const saved = vi.fn()
  const form = scope.run(() => useTargetForm({ isOpen, secretName: () => secretName, kinds: () => ['postgresql', 'command'], target: () => target, onSaved: saved }))
  if (!form) throw new Error('The scope has ended.')
  isOpen.value = true
  await nextTick()
  return { form, isOpen, saved }
}
type Form = Awaited<ReturnType<typeof openForm>>['form']

async function chooseProgram({ draft, isConfirmed }: Form, handle: string): Promise<void> {
  draft.value.program = { handle, name: 'program-b', path: '/usr/bin/program-b' }
  await nextTick()
  isConfirmed.value = true
}
async function submit(form: Form): Promise<void> {
  form.submit()
  await vi.waitFor(() => expect(form.isSaving.value).toBe(false))
  await nextTick()
}

describe('a program that main refuses', () => {
  it('stays named and has to be chosen and confirmed again before anything is saved', async () => {
    const { form, isOpen, saved } = await openForm()
    await chooseProgram(form, 'first')
    expect(form.canSave.value).toBe(true)
    main.failures.set('setSecretRotationTarget', new KmsError('FILE_NOT_FOUND', 'The program is gone.'))
    await submit(form)
    expect([form.error.value?.code, form.draft.value.program?.path, form.fault.value, form.canSave.value]).toEqual(['FILE_NOT_FOUND', '/usr/bin/program-b', 'program', false])
    const before = main.audit.length
    await submit(form)
    expect([main.audit.length, isOpen.value, saved.mock.calls.length]).toEqual([before, true, 0])

    form.draft.value.program = { handle: 'second', name: 'program-b', path: '/usr/bin/program-b' }
    await nextTick()
    expect([form.fault.value, form.canSave.value]).toEqual([null, false])
    form.isConfirmed.value = true
    await submit(form)
    expect([isOpen.value, saved.mock.calls.length]).toEqual([false, 1])
    expect((await kms.getSecretRotation({ secretName })).target?.kind).toBe('command')
  })

  it('does not keep another kind of target from being saved', async () => {
    const { form, saved } = await openForm()
    await chooseProgram(form, 'first')
    main.failures.set('setSecretRotationTarget', new KmsError('FILE_NOT_FOUND', 'The program is gone.'))
    await submit(form)
    Object.assign(form.draft.value, { kind: 'postgresql', host: '127.0.0.1', database: 'postgres' })
    expect(form.canSave.value).toBe(true)
    await submit(form)
    expect(saved).toHaveBeenCalledOnce()
  })
})

describe('a target in its form', () => {
  it('is changed by what was typed, until that is taken back or the panel opens again', async () => {
    const { form, isOpen } = await openForm()
    expect(form.isDirty.value).toBe(false)
    form.draft.value.args = [newArgument('--all')]
    expect(form.isDirty.value).toBe(false)
    form.draft.value.args = [newArgument('--some')]
    expect(form.isDirty.value).toBe(true)
    isOpen.value = false
    await nextTick()
    isOpen.value = true
    await nextTick()
    expect([form.isDirty.value, form.canSave.value]).toEqual([false, true])
  })
})
