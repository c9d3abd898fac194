import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ModuleRegistry } from '../../../src-main/tokens/module-registry'
import { useTemporaryFolder } from '../../support/temporary-folder'

const at = useTemporaryFolder()
const clock = { nowMs: () => Date.UTC(2026, 10, 28, 9) }
const open = () => ModuleRegistry.open(at('modules.json'), clock)

/** A library for this machine, which could be a module as far as a file can tell. */
const library = 'node_modules/pkcs11js/build/Release/pkcs11.node'

async function withModule() {
  const registry = await open()
  copyFileSync(library, at('module.so'))
  return { registry, moduleId: (await registry.add(at('module.so'), { parameters: null })).moduleId }
}

describe('the list of modules', () => {
  it('remembers what was found of a module, until its file is another one', async () => {
    const { registry, moduleId } = await withModule()
    expect(registry.examinationOf(moduleId)).toBeNull()
    await registry.rememberExamination(moduleId, ['login-before-search'])
    await registry.rememberExamination(moduleId, ['oaep-sha1-only'])
    const found = { moduleId, examinedAt: '2026-11-28T09:00:00.000Z', quirks: ['oaep-sha1-only'] }
    const [known] = registry.list()
    expect((await open()).examinationOf(moduleId)).toEqual(found)
    // A module that runs is not started anew for it.
    expect(registry.get(moduleId)).toBe(known)
    await registry.add(at('module.so'), { parameters: null })
    expect(registry.examinationOf(moduleId)).toEqual(found)
    writeFileSync(at('module.so'), Buffer.concat([readFileSync(at('module.so')), Buffer.from('x')]))
    await registry.accept(moduleId)
    expect((await open()).examinationOf(moduleId)).toBeNull()
  })

  it('forgets it with the module', async () => {
    const { registry, moduleId } = await withModule()
    await registry.rememberExamination(moduleId, [])
    await registry.remove(moduleId)
    expect(registry.examinationOf(moduleId)).toBeNull()
    await expect(registry.rememberExamination(moduleId, [])).rejects.toMatchObject({ code: 'TOKEN_MODULE_NOT_FOUND' })
  })

  it('is read as it was before modules were examined', async () => {
    const { registry, moduleId } = await withModule()
    const { examinations: _none, ...old } = JSON.parse(readFileSync(at('modules.json'), 'utf8'))
    writeFileSync(at('modules.json'), JSON.stringify(old))
    expect((await open()).list()).toEqual(registry.list())
    expect((await open()).examinationOf(moduleId)).toBeNull()
  })

  it.each(['', '{', '{"version":2,"modules":[]}', '[]'])('is empty when its file is %j', async (content) => {
    await withModule()
    writeFileSync(at('modules.json'), content)
    expect((await open()).list()).toEqual([])
  })
})
