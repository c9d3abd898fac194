import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultSettings, settings as settingsSchema, type Settings } from '../../../src-shared/contract/settings'
import { SettingsFile } from '../../../src-main/platform/settings-file'
import { useTemporaryFolder } from '../../support/temporary-folder'

const path = useTemporaryFolder()
const file = (): string => path('config', 'settings.json')

function stored(content: string | Uint8Array): SettingsFile {
  mkdirSync(path('config'), { recursive: true })
  writeFileSync(file(), content)
  return new SettingsFile(file())
}

describe('SettingsFile', () => {
  it('reads the defaults when there is no file', async () => {
    expect(await new SettingsFile(file()).read()).toEqual(defaultSettings)
  })

  it('keeps what was updated, for its owner alone, in a folder it makes', async () => {
    const updated = await new SettingsFile(file()).update({ theme: 'dark', clipboardClearSeconds: 30 })
    expect(updated).toEqual({ ...defaultSettings, theme: 'dark', clipboardClearSeconds: 30 })
    expect(await new SettingsFile(file()).read()).toEqual(updated)
    expect([statSync(file()).mode & 0o777, statSync(path('config')).mode & 0o777]).toEqual([0o600, 0o700])
  })

  it('replaces only the fields that are not valid and drops unknown ones', async () => {
    const content = { theme: 'light', language: 'tlh', lockAfterIdleMinutes: '10', lockOnSuspend: false, colour: 'red' }
    const read = await stored(JSON.stringify(content)).read()
    expect(read).toEqual({ ...defaultSettings, theme: 'light', lockOnSuspend: false })
  })

  it.each(['', '{', 'null', '[]', '"text"', '7', '{"__proto__":{"theme":"dark"}}', '\u0000\u0001', 'x'.repeat(70_000)])('reads the defaults from a damaged file %#', async (content) => {
    expect(await stored(content).read()).toEqual(defaultSettings)
  })

  it('reads valid settings from any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ theme: fc.jsonValue(), lockAfterIdleMinutes: fc.jsonValue(), lockOnSuspend: fc.jsonValue() }), async (content) => {
        expect(settingsSchema.safeParse(await stored(JSON.stringify(content)).read()).success).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('leaves fields alone that a patch has as undefined or not valid', async () => {
    const settings = new SettingsFile(file())
    await settings.update({ theme: 'dark', clipboardClearSeconds: 60 })
    await settings.update({ theme: undefined, clipboardClearSeconds: 1, language: 'zh-CN' })
    expect(await settings.read()).toEqual({ ...defaultSettings, theme: 'dark', clipboardClearSeconds: 60, language: 'zh-CN' })
  })

  it('loses none of several updates at once', async () => {
    const settings = new SettingsFile(file())
    const patches: Partial<Settings>[] = [{ theme: 'dark' }, { language: 'en' }, { lockOnSuspend: false }, { lockAfterIdleMinutes: 3 }]
    await Promise.all(patches.map((patch) => settings.update(patch)))
    expect(await settings.read()).toEqual(Object.assign({}, defaultSettings, ...patches))
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual(await settings.read())
  })

  it('goes on after an update that the disk refused', async () => {
    mkdirSync(file(), { recursive: true })
    const settings = new SettingsFile(file())
    await expect(settings.update({ theme: 'dark' })).rejects.toEqual(expect.objectContaining({ code: 'VAULT_WRITE_FAILED' }))
    await expect(settings.update({ theme: 'dark' })).rejects.toEqual(expect.objectContaining({ code: 'VAULT_WRITE_FAILED' }))
    expect(await settings.read()).toEqual(defaultSettings)
  })
})
