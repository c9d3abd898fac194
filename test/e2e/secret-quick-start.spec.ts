import { expect, it } from 'vitest'
import { createVaultQuickly } from './support/bridge'
import { addStage, createPlainSecret, destroySecret, onSecretPage, openSecret, openSecretTab, replacePlainValue, reveal, secretRow, stagesOf, versionItem } from './support/secret-steps'
import { useApps } from './support/use-apps'

const apps = useApps()
const name = 'quick/start'
const [first, second, third] = ['This is the first value.', 'This is the second value.', 'This is the third value.'] as const

/** What a program gets that asks for this stage, or for the current version without one. */
const valueAt = async (page: Awaited<ReturnType<typeof apps.start>>['page'], versionStage?: string) =>
  page.evaluate(
    async ([secretName, stage]) => {
      const answer = await window.keystead.operations.getSecretValue({ secretName, ...(stage === undefined ? {} : { versionStage: stage }) })
      return answer.ok ? [answer.value.versionId, new TextDecoder().decode(answer.value.secretData)] : [answer.code]
    },
    [name, versionStage] as const,
  )

it('takes a secret through three versions and a stage of its own, and deletes it at once', async () => {
  const { page } = await apps.start()
  await createVaultQuickly(page)
  await createPlainSecret(page, name, first)
  expect(await reveal(page, 'Text')).toBe(first)
  expect(await valueAt(page)).toEqual(['v1', first])

  await replacePlainValue(page, second)
  expect(await reveal(page, 'Text')).toBe(second)
  await openSecretTab(page, 'Versions')
  await addStage(page, 'v2', 'MyUserstage')
  expect(await stagesOf(page, 'v2')).toEqual(['ACSCurrent', 'MyUserstage'])
  expect(await stagesOf(page, 'v1')).toEqual(['ACSPrevious'])

  await replacePlainValue(page, third)
  await versionItem(page, 'v3').waitFor()
  expect(await Promise.all(['v3', 'v2', 'v1'].map((id) => stagesOf(page, id)))).toEqual([['ACSCurrent'], ['ACSPrevious', 'MyUserstage'], []])
  await openSecretTab(page, 'Overview')
  expect(await reveal(page, 'Text')).toBe(third)
  expect(await valueAt(page)).toEqual(['v3', third])
  expect(await valueAt(page, 'MyUserstage')).toEqual(['v2', second])
  await compareInWindow(page)

  await openSecret(page, name)
  await openSecretTab(page, 'Danger')
  await destroySecret(page, name)
  await page.getByText('No secrets yet').waitFor()
  expect(await secretRow(page, name).count()).toBe(0)
  expect(await valueAt(page)).toEqual(['SECRET_NOT_FOUND'])
})

/** The value under the stage as the window shows it: the stage is on v2, and v2's value beside that of v3. */
async function compareInWindow(page: Awaited<ReturnType<typeof apps.start>>['page']): Promise<void> {
  await onSecretPage(page, name)
  await openSecretTab(page, 'Versions')
  await versionItem(page, 'v2').getByRole('button', { name: 'Compare version v2 with another one' }).click()
  await page.getByRole('button', { name: 'Reveal Value of both versions' }).click()
  const diff = page.getByRole('region', { name: 'Compare versions' })
  await diff.getByText(second, { exact: true }).waitFor()
  await diff.getByText(third, { exact: true }).waitFor()
}
