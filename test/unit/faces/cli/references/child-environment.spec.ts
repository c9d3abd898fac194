import { describe, expect, it } from 'vitest'
import { fillEnvironment, hasReferences, planEnvironment } from '../../../../../src-main/faces/cli/references/child-environment'
import { KmsError } from '../../../../../src-shared/errors'

const values: Record<string, Uint8Array> = {
  'keystead://db': new TextEncoder().encode('\uFEFFpässword'),
  'keystead://nul': new Uint8Array([97, 0]),
  'keystead://binary': new Uint8Array([0xff, 0xfe]),
}

/** A resolver of three secrets. */
const resolver = {
  async resolve(reference: string) {
    const value = values[reference]
    if (!value) throw new KmsError('SECRET_NOT_FOUND', 'There is no secret of this name.')
    return { value, dataType: 'text' as const, secretName: 'any', field: null }
  },
}

const filled = (inherited: Record<string, string>, ...files: Record<string, string>[]) =>
  fillEnvironment(planEnvironment(inherited, files.map((file) => new Map(Object.entries(file)))), resolver)

describe('the environment of a child', () => {
  it('has values for references, as a whole and inside text, and every other variable as it is', async () => {
    const inherited = { A: 'keystead://db', B: 'x{{ keystead://db }}y{{keystead://db}}', C: 'see keystead://db', D: '' }
    expect(await filled(inherited)).toEqual({ A: '\uFEFFpässword', B: 'x\uFEFFpässwordy\uFEFFpässword', C: 'see keystead://db', D: '' })
  })

  it('takes the last of several files, and all of them over what is inherited', async () => {
    expect(await filled({ A: '0', B: '0', C: '0' }, { B: '1', C: '1' }, { C: '2' })).toEqual({ A: '0', B: '1', C: '2' })
  })

  it('has nothing of our own, unless a file says so', async () => {
    expect(await filled({ ELECTRON_RUN_AS_NODE: '1', A: '1' })).toEqual({ A: '1' })
    expect(await filled({ ELECTRON_RUN_AS_NODE: '1' }, { ELECTRON_RUN_AS_NODE: '1' })).toEqual({ ELECTRON_RUN_AS_NODE: '1' })
  })

  it('knows whether it needs the vault', () => {
    expect(hasReferences(planEnvironment({ A: 'plain', B: '{{ x }}' }, []))).toBe(false)
    expect(hasReferences(planEnvironment({ A: 'plain', B: '{{ keystead://db }}' }, []))).toBe(true)
  })

  it.each([
    ['SECRET_NOT_FOUND', 'keystead://none'],
    ['INVALID_PARAMETER', 'keystead://nul'],
    ['INVALID_PARAMETER', 'keystead://binary'],
    ['INVALID_PARAMETER', '{{ keystead://db'],
  ])('refuses with %s and names the variable, not what is in it: %s', async (code, value) => {
    const problem = await (async () => filled({ MINE: value }))().catch((error: unknown) => error)
    expect(problem).toMatchObject({ code, message: expect.stringMatching(/^MINE: /) as string, details: {} })
    expect((problem as KmsError).message).not.toContain(value)
  })
})
