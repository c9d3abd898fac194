import { describe, expect, it } from 'vitest'
import { createKeyQuickly, createVaultQuickly } from './support/bridge'
import { keyState, metadataOf, openAct, openKey, openKeyTab, shownResult } from './support/key-steps'
import { useSharedApp } from './support/use-apps'

const theApp = useSharedApp(({ page }) => createVaultQuickly(page))

async function appWithKeys(...aliases: string[]) {
  const app = theApp()
  for (const alias of aliases) await createKeyQuickly(app.page, `alias/${alias}`)
  return app
}

describe('the state of a key', () => {
  it('stops and starts it', async () => {
    const { page } = await appWithKeys('switch')
    await openKey(page, 'switch')
    await page.getByRole('button', { name: 'Disable key' }).click()
    await page.getByText('This key is disabled').waitFor()
    expect(await keyState(page)).toBe('Disabled')
    expect(await page.getByRole('button', { name: 'Encrypt files with this key' }).isDisabled()).toBe(true)
    await openKeyTab(page, 'Try it')
    await page.getByLabel('Text', { exact: true }).fill('hello')
    await page.getByText('Only an enabled key can do this.').waitFor()
    expect(await page.getByRole('button', { name: 'Encrypt', exact: true }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Enable key' }).click()
    await expect.poll(() => keyState(page)).toBe('Enabled')
    await page.getByRole('button', { name: 'Encrypt', exact: true }).click()
    expect((await shownResult(page, 'Ciphertext')).length).toBeGreaterThan(40)
  })

  it('ends only after its name was typed, and not before the days are over', async () => {
    const { page } = await appWithKeys('doomed')
    await openKey(page, 'doomed')
    await openKeyTab(page, 'Try it')
    await page.getByLabel('Text', { exact: true }).fill('worth keeping')
    await page.getByRole('button', { name: 'Encrypt', exact: true }).click()
    const ciphertext = await shownResult(page, 'Ciphertext')
    await page.getByRole('button', { name: 'Keep this ciphertext' }).click()
    await page.getByLabel('Name of the ciphertext').fill('the last copy')
    await page.getByRole('button', { name: 'Keep', exact: true }).click()
    await page.getByText('Kept as the last copy. It is listed under Uses.').waitFor()
    await openKeyTab(page, 'Overview')

    await page.getByRole('button', { name: 'Schedule deletion' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete doomed' })
    await dialog.getByText('1 ciphertext', { exact: true }).waitFor()
    await dialog.getByText('For example').click()
    await dialog.getByText('the last copy').waitFor()
    await dialog.getByText('Disable it first').waitFor()
    await dialog.getByLabel('Days to wait').fill('7')
    const confirm = dialog.getByRole('button', { name: /^Delete in \d+ days$/ })
    expect(await confirm.isDisabled()).toBe(true)
    await dialog.getByLabel('Type doomed to confirm').fill('doome')
    expect(await confirm.isDisabled()).toBe(true)
    await dialog.getByLabel('Type doomed to confirm').fill('doomed')
    await dialog.getByRole('button', { name: 'Delete in 7 days' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByText(/^This key will be deleted on /).waitFor()
    expect(await keyState(page)).toBe('Pending deletion')
    const dates = await page.evaluate(async () => {
      const answer = await window.keystead.operations.describeKey({ keyId: 'alias/doomed' })
      return answer.ok ? [Date.parse(answer.value.keyMetadata.deleteDate ?? ''), Date.now()] : []
    })
    expect(Math.round(((dates[0] ?? 0) - (dates[1] ?? 0)) / 86_400_000)).toBe(7)

    await page.getByRole('button', { name: 'Cancel deletion' }).click()
    await expect.poll(() => keyState(page)).toBe('Enabled')
    await openKeyTab(page, 'Try it')
    await openAct(page, 'Decrypt')
    await page.getByLabel('Ciphertext', { exact: true }).fill(ciphertext)
    await page.getByRole('button', { name: 'Decrypt', exact: true }).click()
    await page.getByText('worth keeping').waitFor()
  })

  it('offers to disable in place of deleting', async () => {
    const { page } = await appWithKeys('maybe')
    await openKey(page, 'maybe')
    await page.getByRole('button', { name: 'Schedule deletion' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete maybe' })
    await dialog.getByText('The vault knows of nothing that this key has encrypted.').waitFor()
    await dialog.getByRole('button', { name: 'Disable instead' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await expect.poll(() => keyState(page)).toBe('Disabled')
  })

  it('cannot end while it is protected', async () => {
    const { page } = await appWithKeys('guarded')
    await openKey(page, 'guarded')
    await page.getByRole('button', { name: 'Turn on deletion protection' }).click()
    await page.getByText('Turn the deletion protection off first.').waitFor()
    expect(await page.getByRole('button', { name: 'Schedule deletion' }).isDisabled()).toBe(true)
    expect(await metadataOf(page, 'Deletion protection').innerText()).toBe('On')
    const code = await page.evaluate(async () => {
      const answer = await window.keystead.operations.scheduleKeyDeletion({ keyId: 'alias/guarded', pendingWindowInDays: 7 })
      return answer.ok ? 'ok' : answer.code
    })
    expect(code).toBe('DELETION_PROTECTED')
    await page.getByRole('button', { name: 'Turn off deletion protection' }).click()
    await expect.poll(() => page.getByRole('button', { name: 'Schedule deletion' }).isEnabled()).toBe(true)
  })
})

describe('what a key is called', () => {
  it('can be added, taken over and removed', async () => {
    const { page } = await appWithKeys('first', 'second')
    await openKey(page, 'second')
    const aliases = page.getByRole('region', { name: 'Aliases' })
    await aliases.getByRole('button', { name: 'Add alias' }).click()
    await aliases.getByRole('textbox', { name: 'Alias' }).fill('bad name')
    await aliases.getByText('Use letters, digits and / _ - only.').waitFor()
    expect(await aliases.getByRole('button', { name: 'Add alias' }).isDisabled()).toBe(true)
    await aliases.getByRole('textbox', { name: 'Alias' }).fill('other/name')
    await aliases.getByRole('button', { name: 'Add alias' }).click()
    await aliases.getByText('alias/other/name').waitFor()

    await aliases.getByRole('button', { name: 'Add alias' }).click()
    await aliases.getByRole('textbox', { name: 'Alias' }).fill('first')
    await aliases.getByRole('button', { name: 'Add alias' }).click()
    await aliases.getByText('The alias alias/first belongs to another key.').waitFor()
    await aliases.getByRole('button', { name: 'Move it to this key' }).click()
    await aliases.getByText('alias/first', { exact: true }).waitFor()

    await aliases.getByRole('button', { name: 'Remove alias alias/second' }).click()
    const dialog = page.getByRole('dialog', { name: 'Remove alias/second?' })
    await dialog.getByRole('button', { name: 'Remove alias' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await aliases.getByText('alias/second').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Keys' }).first().click()
    await page.getByRole('row', { name: 'No alias' }).waitFor()
    await page.getByRole('searchbox').fill('other/name')
    await page.getByText('1 key', { exact: true }).waitFor()
  })

  it('includes a description and tags', async () => {
    const { page } = await appWithKeys('described')
    await openKey(page, 'described')
    const description = page.getByRole('region', { name: 'Description' })
    await description.getByRole('button', { name: 'Edit description' }).click()
    await description.getByRole('textbox', { name: 'Description' }).fill('For the archive\nof 2025')
    await description.getByRole('button', { name: 'Save description' }).click()
    await description.getByText('For the archive').waitFor()

    const tags = page.getByRole('region', { name: 'Tags' })
    await tags.getByRole('button', { name: 'Edit tags' }).click()
    for (const [index, [name, value]] of [['stage', 'live'], ['stage', 'test']].entries()) {
      await tags.getByRole('button', { name: 'Add tag' }).click()
      await tags.getByLabel(`Name of tag ${index + 1}`).fill(name ?? '')
      await tags.getByLabel(`Value of tag ${index + 1}`).fill(value ?? '')
    }
    await tags.getByText('Each name can be used once.').waitFor()
    expect(await tags.getByRole('button', { name: 'Save tags' }).isDisabled()).toBe(true)
    await tags.getByLabel('Name of tag 2').fill('team')
    await tags.getByRole('button', { name: 'Save tags' }).click()
    await tags.getByText('team=test').waitFor()
    await tags.getByRole('button', { name: 'Edit tags' }).click()
    await tags.getByRole('button', { name: 'Remove tag 1' }).click()
    await tags.getByRole('button', { name: 'Save tags' }).click()
    await tags.getByText('stage=live').waitFor({ state: 'detached' })

    await openKeyTab(page, 'Activity')
    const done = await page.getByRole('region', { name: 'Activity' }).getByRole('listitem').allInnerTexts()
    expect(done.map((text) => text.split(/\s/)[0])).toEqual(['untagResource', 'tagResource', 'updateKeyDescription', 'createAlias', 'createKey'])
  })
})
