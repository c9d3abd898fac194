import { getCiphers } from 'node:crypto'
import { describe, expect, it } from 'vitest'

const isElectronExpected = process.env['KEYSTEAD_EXPECT_ELECTRON'] === '1'

describe('the runtime of this test run', () => {
  it(isElectronExpected ? 'is Electron' : 'is plain Node or Electron, whichever was started', () => {
    if (isElectronExpected) expect(process.versions['electron']).toMatch(/^\d+\./)
    else expect(process.versions.node).toMatch(/^\d+\./)
  })

  it('has the ciphers that everything here rests on', () => {
    expect(getCiphers().map((name) => name.toLowerCase())).toEqual(expect.arrayContaining(['aes-256-ecb', 'aes-256-cbc', 'aes-256-ctr']))
  })
})
