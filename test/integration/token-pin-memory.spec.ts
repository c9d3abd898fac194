import { randomFillSync } from 'node:crypto'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyBytes, ownBytes } from '../../src-main/crypto/bytes'
import { refOf } from '../../src-main/tokens/object-view'
import { copiesOf, countInMemory, turned } from '../support/process-memory'
import { compileStub } from '../support/stub-token'
import { tokenServices, type TokenServices } from '../support/token-fixture'

let services: TokenServices
let tokenId: string
let moduleId: string

beforeAll(async () => {
  services = await tokenServices('pin-memory')
  const path = join(services.folder, 'stub.so')
  copyFileSync(compileStub('pin-memory'), path)
  writeFileSync(`${path}.conf`, 'anyPin=1\n')
  moduleId = (await services.addModule(path)).moduleId
  tokenId = (await services.run('listTokens', {})).tokens[0]!.tokenId
})

afterAll(() => services.close())

/** 32 random characters that were never a string, in memory of their own. */
function randomPin(): Uint8Array {
  const pin = randomFillSync(ownBytes(32))
  pin.forEach((byte, index) => (pin[index] = 0x61 + (byte % 26)))
  return pin
}

/** Has the engine collect what nothing refers to. */
async function collect(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  gc()
  await setImmediate()
  gc()
}

it('leaves no copy of a PIN in the process of the application', async () => {
  const pin = randomPin()
  const needle = turned(pin)
  await services.run('changeTokenPin', { tokenId, pin: copyBytes(pin), newPin: copyBytes(pin) })
  await services.run('setTokenUserPin', { tokenId, soPin: copyBytes(pin), newPin: copyBytes(pin) })
  await services.run('logInToToken', { tokenId, pin: copyBytes(pin) })
  const { tokens } = services.application
  const [view] = await (await tokens.objects(tokenId)).whole()
  const contextPin = copyBytes(pin)
  await tokens.call(tokenId, 'sign', { mechanism: 0x1041, parameters: { kind: 'none' }, key: refOf(view!), contextPin, data: new Uint8Array(32) })
  contextPin.fill(0)
  // The module has got it, so the host knows it; and so does this process for as long as the test holds on to it.
  expect(countInMemory(tokens.module(moduleId).hostPid!, [pin])[0]).toBeGreaterThan(0)
  expect(copiesOf(needle)).toBeGreaterThan(1)
  pin.fill(0)
  await services.run('logOutOfToken', { tokenId })
  await collect()
  expect(copiesOf(needle)).toBe(1)
})
