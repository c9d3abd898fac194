import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createKeyQuickly, createVaultQuickly } from './support/bridge'
import { chooseFiles, dropFiles } from './support/desktop'
import { chooseTargetFolder, openFiles, startQueue, startWithoutWaiting } from './support/steps'
import { useSharedApp } from './support/use-apps'

const theApp = useSharedApp(({ page }) => createVaultQuickly(page))
const fileCount = 1000

/** Every file below the folder by its relative path, with the hash of its content. */
function treeOf(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort()
  return new Map(paths.map((path) => [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')]))
}

function makeTree(folder: string): void {
  for (let index = 0; index < fileCount; index += 1) {
    const inner = join(folder, `part ${index % 10}`, index % 3 === 0 ? 'déjà vu' : '资料')
    mkdirSync(inner, { recursive: true })
    writeFileSync(join(inner, `file-${index}.bin`), randomBytes(index % 50 === 0 ? 0 : (index * 37) % 5000))
  }
}

it('encrypts a dropped folder of 1,000 files and gets an equal tree back', async () => {
  const app = theApp()
  const { page, folders } = app
  const source = join(folders.work, 'library')
  const [sealed, opened] = [join(folders.work, 'sealed'), join(folders.work, 'opened')]
  for (const folder of [source, sealed, opened]) mkdirSync(folder)
  makeTree(source)
  const before = treeOf(source)
  expect(before.size).toBe(fileCount)
  await createKeyQuickly(page, 'alias/library')
  await openFiles(page)

  await dropFiles(page, [source])
  await chooseFiles(app.electron, [sealed])
  await chooseTargetFolder(page, 'encrypt', 'sealed')
  expect(await (await startQueue(page, 'encrypt')).innerText()).toMatch(/Done[^w]*1,?000 files/s)
  const encrypted = treeOf(join(sealed, 'library'))
  expect([...encrypted.keys()]).toEqual([...before.keys()].map((path) => `${path}.keystead`).sort())

  await dropFiles(page, [join(sealed, 'library')])
  // A folder may hold anything, so it waits among what is to be encrypted.
  await page.getByRole('button', { name: /^Decrypt instead.*library/ }).click()
  await chooseFiles(app.electron, [opened])
  await chooseTargetFolder(page, 'decrypt', 'opened')
  expect(await (await startQueue(page, 'decrypt')).innerText()).toMatch(/Done[^w]*1,?000 files/s)
  expect(treeOf(join(opened, 'library'))).toEqual(before)
  expect(treeOf(source)).toEqual(before)
})

it('leaves no partial file behind when it is cancelled in the middle', async () => {
  const app = theApp()
  const { page, folders } = app
  const source = join(folders.work, 'large')
  const sealed = join(folders.work, 'stopped')
  for (const folder of [source, sealed]) mkdirSync(folder)
  const fileBytes = 256 * 1024 * 1024
  for (const name of ['a.bin', 'b.bin', 'c.bin', 'd.bin']) {
    writeFileSync(join(source, name), '')
    truncateSync(join(source, name), fileBytes)
  }
  await createKeyQuickly(page, 'alias/large')
  await openFiles(page)
  await dropFiles(page, [source])
  await chooseFiles(app.electron, [sealed])
  await chooseTargetFolder(page, 'encrypt', 'stopped')
  await startWithoutWaiting(page, 'encrypt')

  const partsNow = () => readdirSync(sealed, { recursive: true }).filter((name) => String(name).endsWith('.part'))
  await expect.poll(() => partsNow().length, { interval: 10 }).toBeGreaterThan(0)
  await page.getByRole('button', { name: /^Cancel: / }).click()
  await page.getByRole('article').getByText('Cancelled', { exact: true }).first().waitFor()
  expect(partsNow()).toEqual([])
  const finished = readdirSync(sealed, { recursive: true }).filter((name) => String(name).endsWith('.keystead'))
  expect(finished.length).toBeLessThan(4)
  expect(readdirSync(source).sort()).toEqual(['a.bin', 'b.bin', 'c.bin', 'd.bin'])
})
