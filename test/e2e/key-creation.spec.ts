import type { Locator, Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { keySpecInfos } from '../../src-shared/model/key-specs'
import { keySpecs, keyUsages } from '../../src-shared/model/keys'
import { keys as texts } from '../../src-renderer/i18n/en/keys'
import { createKeyQuickly, createVaultQuickly } from './support/bridge'
import { chooseKeyType, chooseOption, keyState, metadataOf, openAdvanced, openCreatePanel, openKey, openKeyTab, submitKey } from './support/key-steps'
import { typeInto } from './support/steps'
import { useSharedApp } from './support/use-apps'

const theApp = useSharedApp(({ page }) => createVaultQuickly(page))

/** The choices of a group that can be chosen. */
async function possible(panel: Locator, group: string): Promise<string[]> {
  const radios = await panel.getByRole('group', { name: group }).getByRole('radio', { disabled: false }).all()
  return Promise.all(radios.map(async (radio) => (await radio.getAttribute('aria-label')) ?? (await radio.locator('xpath=ancestor::label').innerText()).split('\n')[0] ?? ''))
}

const keyCount = (page: Page) =>
  page.evaluate(async () => {
    const answer = await window.keystead.operations.listKeys({})
    return answer.ok ? answer.value.totalCount : -1
  })

describe('the panel', () => {
  it('makes a symmetric key with everything it can have', async () => {
    const { page } = theApp()
    const panel = await openCreatePanel(page)
    await typeInto(panel.getByLabel(/^Alias/), 'team/ledger')
    await typeInto(panel.getByLabel(/^Description/), 'Closed books')
    await chooseOption(page, panel.getByLabel('Rotation period'), 'Every 90 days')
    await openAdvanced(panel)
    await panel.getByRole('button', { name: 'Add tag' }).click()
    await panel.getByLabel('Value of tag 1').fill('finance')
    await panel.getByText('Each value needs a name.').waitFor()
    expect(await panel.getByRole('button', { name: 'Create key' }).isDisabled()).toBe(true)
    await panel.getByLabel('Name of tag 1').fill('team')
    await panel.getByText('An AES-256 key named alias/team/ledger will be made in the vault Test vault.').waitFor()
    await panel.getByText('It is rotated every 90 days.').waitFor()
    await submitKey(page, panel, 'team/ledger')

    await openKey(page, 'team/ledger')
    expect(await keyState(page)).toBe('Enabled')
    expect(await metadataOf(page, 'Key type').innerText()).toBe('AES-256')
    expect(await metadataOf(page, 'Rotation').innerText()).toBe('On')
    await page.getByRole('region', { name: 'Tags' }).getByText('team=finance').waitFor()
    await page.getByRole('region', { name: 'Description' }).getByText('Closed books').waitFor()
    const { next, now } = await page.evaluate(async () => {
      const answer = await window.keystead.operations.describeKey({ keyId: 'alias/team/ledger' })
      return { next: answer.ok ? Date.parse(answer.value.keyMetadata.nextRotationDate ?? '') : 0, now: Date.now() }
    })
    expect(Math.round((next - now) / 86_400_000)).toBe(90)
  })

  it('makes keys of the other kinds', async () => {
    const { page } = theApp()
    const made = [
      { type: 'RSA 2048', usage: 'Encrypt/decrypt', alias: 'kind/rsa', shown: { 'Private key': 'May be exported' } },
      { type: 'SM2', usage: 'Sign/verify', alias: 'kind/sm2', shown: { 'Private key': 'Never leaves the vault' } },
      { type: 'Ed25519', usage: 'Sign/verify', alias: 'kind/ed25519', shown: { 'Private key': 'Never leaves the vault' } },
      { type: 'HMAC SM3', usage: 'Make/verify MACs', alias: 'kind/mac', shown: { Rotation: 'Off' } },
      { type: 'SM4', usage: 'Encrypt/decrypt', alias: 'kind/sm4', shown: { Rotation: 'Off' } },
    ]
    for (const { type, usage, alias, shown } of made) {
      const panel = await openCreatePanel(page)
      await chooseKeyType(page, panel, type)
      await panel.getByRole('radio', { name: usage }).click()
      await panel.getByLabel(/^Alias/).fill(alias)
      if (type === 'RSA 2048') {
        await openAdvanced(panel)
        await panel.getByRole('checkbox', { name: 'The private key may be exported' }).check()
        await panel.getByText('Its private key can be exported later, under a passphrase.').waitFor()
      }
      await submitKey(page, panel, alias)
      await openKey(page, alias)
      expect([await metadataOf(page, 'Key type').innerText(), await metadataOf(page, 'Key usage').innerText()]).toEqual([type, usage])
      for (const [name, value] of Object.entries(shown)) expect(await metadataOf(page, name).innerText()).toBe(value)
    }
  })

  it('makes a key for material from outside only after the box was ticked', async () => {
    const { page } = theApp()
    const panel = await openCreatePanel(page)
    await chooseOption(page, panel.getByLabel('Rotation period'), 'Every 30 days')
    await openAdvanced(panel)
    await panel.getByLabel(/^Alias/).fill('brought')
    await panel.getByRole('radio', { name: 'External' }).click()
    await panel.getByText('Not possible with imported material: it has one version for life.').waitFor()
    expect(await panel.getByLabel('Rotation period').isDisabled()).toBe(true)
    expect(await panel.getByLabel('Rotation period').innerText()).toBe('No automatic rotation')
    await panel.getByText('Confirm what imported material means to create the key.').waitFor()
    expect(await panel.getByRole('button', { name: 'Create key' }).isDisabled()).toBe(true)
    await panel.getByRole('checkbox', { name: 'I understand what imported material means' }).check()
    await submitKey(page, panel, 'brought')
    await openKey(page, 'brought')
    expect(await keyState(page)).toBe('Pending import')
    expect(await metadataOf(page, 'Key material origin').innerText()).toBe('External')
    await page.getByText('This key waits for its material').waitFor()
    await openKeyTab(page, 'Try it')
    await page.getByText('This key has no material yet. Import it first.').waitFor()
  })

  it('offers an alias again when another key has it', async () => {
    const { page } = theApp()
    await createKeyQuickly(page, 'alias/taken')
    const before = await keyCount(page)
    const panel = await openCreatePanel(page)
    await panel.getByLabel(/^Alias/).fill('taken')
    await panel.getByRole('button', { name: 'Create key' }).click()
    await panel.getByText('The key was created, the alias was not').waitFor()
    await panel.getByText('ALIAS_EXISTS').waitFor()
    await panel.getByLabel(/^Alias/).fill('free')
    await panel.getByRole('button', { name: 'Add alias' }).click()
    await panel.waitFor({ state: 'hidden' })
    await page.getByRole('row', { name: 'free' }).waitFor()
    expect(await keyCount(page)).toBe(before + 1)
  })
})

describe('impossible combinations', () => {
  it('cannot be chosen with any type', async () => {
    const { page } = theApp()
    const panel = await openCreatePanel(page)
    await openAdvanced(panel)
    for (const spec of keySpecs) {
      const { family, usages } = keySpecInfos[spec]
      await chooseKeyType(page, panel, texts.spec[spec])
      expect([spec, await possible(panel, 'Key usage')]).toEqual([spec, keyUsages.filter((usage) => usages.includes(usage)).map((usage) => texts.usage[usage])])
      expect([spec, await possible(panel, 'Protection level')]).toEqual([spec, ['Software']])
      expect([spec, await possible(panel, 'Key material origin')]).toEqual([spec, family === 'symmetric' ? ['Made in this vault', 'External'] : ['Made in this vault']])
      expect([spec, await panel.getByLabel('Rotation period').isEnabled()]).toEqual([spec, family === 'symmetric'])
      expect([spec, await panel.getByRole('checkbox', { name: 'The private key may be exported' }).isEnabled()]).toEqual([spec, family === 'asymmetric'])
    }
  })

  it('go away when the type that they were made for does', async () => {
    const { page } = theApp()
    const panel = await openCreatePanel(page)
    await chooseOption(page, panel.getByLabel('Rotation period'), 'Another period')
    await panel.getByLabel('Days between rotations').fill('3')
    await page.keyboard.press('Tab')
    await expect.poll(() => panel.getByLabel('Days between rotations').inputValue()).toBe('7')
    await chooseKeyType(page, panel, 'EC P-256')
    expect(await panel.getByLabel('Rotation period').innerText()).toBe('No automatic rotation')
    expect(await panel.getByRole('radio', { name: 'Sign/verify' }).isChecked()).toBe(true)
    await panel.getByText('Not possible with this type: new versions of asymmetric keys are made by hand.').waitFor()
    await chooseKeyType(page, panel, 'HMAC SHA-256')
    expect(await panel.getByRole('radio', { name: 'Make/verify MACs' }).isChecked()).toBe(true)
    await panel.getByText('Not possible with this type: MAC keys keep one version.').waitFor()
  })
})
