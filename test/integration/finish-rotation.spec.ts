import { spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { concatBytes } from '../../src-main/crypto/bytes'
import { parseHeader } from '../../src-main/files/codec/header'
import { readMessage } from '../../src-main/files/codec/message-reader'
import { openFileHeader } from '../../src-main/files/crypt-file'
import { FileJobs } from '../../src-main/files/file-jobs'
import { isPartName } from '../../src-main/files/part-files'
import { createWorkerPool } from '../../src-main/files/worker-pool'
import type { Keystore } from '../../src-main/keystore/keystore'
import { isRotationUnfinished } from '../../src-main/keystore/rotation-run'
import { PathHandles } from '../../src-main/platform/path-handles'
import { systemClock } from '../../src-main/platform/system-clock'
import { bundleForNode } from '../support/bundle'
import { cheapPassphrase, openCheapVault, silentLog } from '../support/cheap-vault'
import { callerOf, parsed } from '../support/keystore-fixture'

const kills = 16
const killWithinMs = 250
const MiB = 1024 * 1024
const base = mkdtempSync(join(tmpdir(), 'keystead-rotation-'))
const vaultFolder = join(base, 'vault')
const dataFolder = join(base, 'data')
const caller = callerOf('decryptFiles')
/** Content by the name of the encrypted file, and of kept ciphertexts by their name. */
const contents = new Map<string, Buffer>()
const secrets = new Map<string, Buffer>()
let runner = ''
let worker = ''
let keyId = ''

/** Mostly small files, as people have them, and a few that take several ranges or batches. */
const sizes = [...Array.from({ length: 110 }, () => randomInt(300_000)), 0, 1, MiB, 5 * MiB, 12 * MiB + 3, 40 * MiB + 7]

async function withVault<T>(work: (keystore: Keystore) => Promise<T>): Promise<T> {
  const { vault, keystore } = openCheapVault(vaultFolder)
  try {
    await vault.unlockWithPassphrase(callerOf('unlockVault'), cheapPassphrase())
    return await work(keystore)
  } finally {
    await keystore.flush()
    await vault.lock(callerOf('lockVault'))
    await vault.dispose()
  }
}

/** True when it was killed, a random time after its job began; false when it had ended by then. */
function runAndKill(afterMs: number | null): Promise<{ wasKilled: boolean; said: { state?: string; filesFailed?: number } }> {
  const child = spawn(process.execPath, [runner, vaultFolder, keyId, worker], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said: { started?: true; state?: string; filesFailed?: number } = {}
  createInterface({ input: child.stdout }).on('line', (line) => {
    said = JSON.parse(line) as typeof said
    if (said.started && afterMs !== null) setTimeout(() => child.kill('SIGKILL'), afterMs)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve({ wasKilled: true, said })
      else if (code === 0) resolve({ wasKilled: false, said })
      else reject(new Error(`the runner ended with ${code}`))
    })
  })
}

async function contentOf(keystore: Keystore, name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  const chunks = createReadStream(join(dataFolder, name), { highWaterMark: MiB })
  for await (const part of readMessage(chunks, (header) => openFileHeader(caller, keystore.fileKeys, header))) parts.push(part.slice())
  return concatBytes(...parts)
}

function versionInHeader(keystore: Keystore, name: string): string | undefined {
  const [entry] = parseHeader(readFileSync(join(dataFolder, name)).subarray(0, 8192))?.entries ?? []
  return entry && keystore.fileKeys.describeEntry(entry)?.keyVersionId
}

/** What must be true at every moment; answers how many files use the primary version. */
async function checkEverything(keystore: Keystore): Promise<{ renewed: number; total: number; isUnfinished: boolean }> {
  const primary = keystore.fileKeys.resolveForEncryption(keyId).keyVersionId
  const uses = await keystore.session().whereUsed.ofKey(keyId)
  expect(uses.map(({ name }) => name.split('/').at(-1)).toSorted()).toEqual([...contents.keys(), ...secrets.keys()].toSorted())
  let renewed = 0
  for (const { kind, name, useId, keyVersionId } of uses) {
    if (keyVersionId === primary) renewed++
    if (kind === 'ciphertext') {
      const { ciphertextBlob, encryptionContext } = await keystore.run('getKeptCiphertext', callerOf('getKeptCiphertext'), { useId })
      const opened = await keystore.run('decrypt', callerOf('decrypt'), parsed('decrypt', { ciphertextBlob, encryptionContext }))
      expect(Buffer.compare(opened.plaintext, secrets.get(name) ?? Buffer.alloc(0))).toBe(0)
      expect(opened.keyVersionId).toBe(keyVersionId)
      continue
    }
    const file = name.slice(dataFolder.length + 1)
    expect(Buffer.compare(await contentOf(keystore, file), contents.get(file) ?? Buffer.alloc(0))).toBe(0)
    // The entry may be behind the file, never before it.
    if (keyVersionId === primary) expect(versionInHeader(keystore, file)).toBe(primary)
  }
  return { renewed, total: uses.length, isUnfinished: await isRotationUnfinished(keystore.session(), keyId) }
}

async function fillVault(): Promise<void> {
  const { vault, keystore } = openCheapVault(vaultFolder)
  await vault.create({ passphrase: cheapPassphrase(), name: 'rotation' })
  keyId = (await keystore.run('createKey', callerOf('createKey'), parsed('createKey', {}))).keyMetadata.keyId
  const workers = createWorkerPool(pathToFileURL(worker))
  const handles = new PathHandles()
  const files = new FileJobs({ keys: keystore.fileKeys, uses: keystore.fileUses, handles, clock: systemClock, workers, log: silentLog })
  mkdirSync(dataFolder)
  for (const [index, size] of sizes.entries()) {
    contents.set(`${index}.keystead`, randomBytes(size))
    writeFileSync(join(base, `${index}`), contents.get(`${index}.keystead`) ?? Buffer.alloc(0))
  }
  const sources = sizes.map((_size, index) => handles.issue(join(base, `${index}`), 'source'))
  const request = parsed('encryptFiles', { sources, keyId, targetFolder: handles.issue(dataFolder, 'folder'), encryptionContext: { purpose: 'test' } })
  const { job } = await files.encryptFiles(callerOf('encryptFiles'), request)
  expect(await files.waitFor(job.jobId)).toMatchObject({ state: 'done', filesDone: sizes.length })
  for (const index of sizes.keys()) rmSync(join(base, `${index}`))
  for (let index = 0; index < 10; index++) {
    const plaintext = randomBytes(100)
    secrets.set(`secret ${index}`, Buffer.from(plaintext))
    const { ciphertextBlob } = await keystore.run('encrypt', callerOf('encrypt'), parsed('encrypt', { keyId, plaintext: new Uint8Array(plaintext), encryptionContext: { index: `${index}` } }))
    await keystore.run('keepCiphertext', callerOf('keepCiphertext'), parsed('keepCiphertext', { name: `secret ${index}`, ciphertextBlob, encryptionContext: { index: `${index}` } }))
  }
  await workers.close()
  await vault.lock(callerOf('lockVault'))
  await vault.dispose()
}

const rotate = () => withVault((keystore) => keystore.run('rotateKey', callerOf('rotateKey'), { keyId }))

describe('finish-rotation under kill -9', () => {
  beforeAll(async () => {
    runner = await bundleForNode('test/support/rotation-runner.ts', 'rotation-runner')
    worker = await bundleForNode('src-main/files/worker.ts', 'rotation-worker')
    await fillVault()
  }, 120_000)

  afterAll(() => rmSync(base, { recursive: true, force: true }))

  it(`loses nothing over ${kills} kills, and goes on until everything uses the newest version`, async () => {
    await rotate()
    let [killed, brokenOff, inBetween, leftovers, before] = [0, 0, 0, 0, 0]
    while (killed < kills) {
      const { wasKilled, said } = await runAndKill(randomInt(killWithinMs))
      const { renewed, total, isUnfinished } = await withVault(checkEverything)
      expect(renewed).toBeGreaterThanOrEqual(before)
      before = renewed
      if (wasKilled) killed++
      leftovers += readdirSync(dataFolder).filter(isPartName).length
      if (wasKilled && renewed < total) {
        brokenOff++
        inBetween += Number(renewed > 0)
        expect(isUnfinished).toBe(true)
      }
      if (!wasKilled) expect(said).toMatchObject({ state: 'done', filesFailed: 0 })
      if (renewed < total) continue
      before = 0
      await rotate()
    }
    // Otherwise the kills came at moments that prove nothing.
    expect(brokenOff).toBeGreaterThan(kills / 4)
    expect(inBetween).toBeGreaterThan(0)
    expect(leftovers).toBeGreaterThan(0)

    expect((await runAndKill(null)).said).toMatchObject({ state: 'done', filesFailed: 0 })
    expect(readdirSync(dataFolder).toSorted()).toEqual([...contents.keys()].toSorted())
    await withVault(async (keystore) => {
      const { renewed, total, isUnfinished } = await checkEverything(keystore)
      expect({ renewed, isUnfinished }).toEqual({ renewed: total, isUnfinished: false })
      const primary = keystore.fileKeys.resolveForEncryption(keyId).keyVersionId
      await keystore.run('setMinimumDecryptionVersion', callerOf('setMinimumDecryptionVersion'), { keyId, keyVersionId: primary })
      expect(await checkEverything(keystore)).toMatchObject({ renewed: total })
    })
  }, 600_000)
})
