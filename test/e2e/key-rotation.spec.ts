import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { createKeyQuickly, createVaultQuickly } from './support/bridge'
import { chooseFiles, dropFiles } from './support/desktop'
import { chooseOption, closeMessages, openKey, openKeyTab } from './support/key-steps'
import { chooseTargetFolder, openFiles, startQueue } from './support/steps'
import { useSharedApp } from './support/use-apps'

const theApp = useSharedApp(({ page }) => createVaultQuickly(page))

/** A day as the window says it. */
async function inDays(page: Page, days: number): Promise<string> {
  return page.evaluate((count) => new Date(Date.now() + count * 86_400_000).toLocaleDateString('en', { dateStyle: 'medium' }), days)
}

async function rotateNow(page: Page, newest: number): Promise<void> {
  await page.getByRole('button', { name: 'Rotate now' }).click()
  const version = page.getByRole('listitem', { name: `Version ${newest}`, exact: true })
  await version.getByText('Primary', { exact: true }).waitFor()
}

describe('a rotation', () => {
  it('is finished for files and kept ciphertexts; the old version then retires', async () => {
    const app = theApp()
    const { page, folders } = app
    await createKeyQuickly(page, 'alias/papers')
    const original = join(folders.work, 'paper.txt')
    const [old, opened] = [join(folders.work, 'old'), join(folders.work, 'opened')]
    for (const folder of [old, opened]) mkdirSync(folder)
    writeFileSync(original, 'A paper that outlives its key version.')

    await openKey(page, 'papers')
    await page.getByRole('button', { name: 'Encrypt files with this key' }).click()
    await page.getByRole('heading', { name: 'Files', exact: true }).waitFor()
    await dropFiles(page, [original])
    await startQueue(page, 'encrypt')
    const encrypted = `${original}.keystead`
    const oldCopy = join(old, 'paper.txt.keystead')
    copyFileSync(encrypted, oldCopy)

    await openKey(page, 'papers')
    await openKeyTab(page, 'Versions')
    await page.getByText('There is only one version: nothing to re-encrypt.').waitFor()
    await rotateNow(page, 2)
    await page.getByText(/^Still on older versions: 1 file \(.*\)\.$/).waitFor()
    expect(await page.getByRole('button', { name: /^Retire version/ }).count()).toBe(1)
    await openKeyTab(page, 'Uses')
    const uses = page.getByRole('table', { name: 'Uses of this key' })
    expect(await uses.getByRole('row', { name: /paper\.txt\.keystead/ }).innerText()).toMatch(/Version 1/)

    await openKeyTab(page, 'Versions')
    await page.getByRole('button', { name: 'Re-encrypt now' }).click()
    await page.getByText('Nothing known to the vault needs an older version.').waitFor()
    expect(readFileSync(encrypted).equals(readFileSync(oldCopy))).toBe(false)
    await openKeyTab(page, 'Uses')
    await uses.getByRole('row', { name: /paper\.txt\.keystead.*Version 2/ }).waitFor()
    await page.getByRole('switch', { name: 'Only what needs an older version' }).click()
    await page.getByText('Nothing needs an older version.').waitFor()

    await openKeyTab(page, 'Versions')
    await page.getByText('Nothing needs version 1 any more.').waitFor()
    await page.getByRole('button', { name: 'Retire version', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Retire version 1?' })
    await dialog.getByText('Nothing known to the vault needs them.').waitFor()
    await dialog.getByRole('button', { name: 'Retire', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    const first = page.getByRole('listitem', { name: 'Version 1', exact: true })
    await first.getByText('Retired', { exact: true }).waitFor()
    await closeMessages(page)

    await openFiles(page)
    await dropFiles(page, [encrypted])
    await chooseFiles(app.electron, [opened])
    await chooseTargetFolder(page, 'decrypt', 'opened')
    await startQueue(page, 'decrypt')
    expect(readFileSync(join(opened, 'paper.txt'), 'utf8')).toBe('A paper that outlives its key version.')
    await dropFiles(page, [oldCopy])
    expect(await (await startQueue(page, 'decrypt')).innerText()).toContain('KEY_VERSION_RETIRED')

    await openKey(page, 'papers')
    await openKeyTab(page, 'Versions')
    await page.getByRole('button', { name: 'Let it decrypt again: version 1' }).click()
    await first.getByText('Retired', { exact: true }).waitFor({ state: 'detached' })
    await closeMessages(page)
    await openFiles(page)
    await dropFiles(page, [oldCopy])
    await startQueue(page, 'decrypt')
    expect(readFileSync(join(old, 'paper.txt'), 'utf8')).toBe('A paper that outlives its key version.')
  })

  it('comes by itself after the period that was chosen, and waits while the key is disabled', async () => {
    const { page } = theApp()
    await createKeyQuickly(page, 'alias/timed')
    await openKey(page, 'timed')
    await openKeyTab(page, 'Versions')
    const rotation = page.getByRole('region', { name: 'Automatic rotation' })
    const save = rotation.getByRole('button', { name: 'Save rotation' })
    expect(await save.isDisabled()).toBe(true)
    await chooseOption(page, rotation.getByLabel('Rotation period'), 'Every 180 days')
    await save.click()
    await rotation.getByText(await inDays(page, 180)).waitFor()
    await chooseOption(page, rotation.getByLabel('Rotation period'), 'Another period')
    await rotation.getByLabel('Days between rotations').fill('45')
    await page.keyboard.press('Tab')
    await save.click()
    await rotation.getByText(await inDays(page, 45)).waitFor()

    await page.evaluate(() => window.keystead.operations.disableKey({ keyId: 'alias/timed' }))
    await rotation.getByText('Suspended', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Rotate now' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Enable key' }).click()
    await rotation.getByText(await inDays(page, 45)).waitFor()
    await page.getByRole('link', { name: 'Keys' }).first().click()
    await page.getByRole('row', { name: new RegExp(`timed.*${await inDays(page, 45)}`) }).waitFor()
  })

  it('is made by hand for a key pair, and not twice in a week', async () => {
    const { page } = theApp()
    await createKeyQuickly(page, 'alias/pair', '', { keySpec: 'Ed25519', keyUsage: 'SIGN/VERIFY' })
    await openKey(page, 'pair')
    await openKeyTab(page, 'Versions')
    await page.getByText(/^Asymmetric keys are not rotated automatically/).waitFor()
    await page.getByText(/^The next version can be made on .*: there are at least 7 days between two\.$/).waitFor()
    expect(await page.getByRole('button', { name: 'Create version' }).isDisabled()).toBe(true)
    expect(await page.getByRole('button', { name: 'Rotate now' }).count()).toBe(0)
  })
})
