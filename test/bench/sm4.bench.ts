import { randomFillSync } from 'node:crypto'
import { sm4 as peer } from 'sm-crypto-v2'
import { describe, expect, it } from 'vitest'
import { equalBytes } from '../../src-main/crypto/bytes'
import { decryptSm4Gcm, decryptSm4GcmInto, encryptSm4Gcm, encryptSm4GcmInto } from '../../src-main/crypto/sm4-gcm'
import { median, report, timed } from './support'

const rounds = 7
const bytesARound = 32 * 1024 * 1024
const peerBytesARound = 1024 * 1024
const [key, iv, aad] = [16, 12, 32].map((length) => randomFillSync(new Uint8Array(length))) as [Uint8Array, Uint8Array, Uint8Array]

/** Million bytes a second of `work` on `size` bytes. */
async function speed(size: number, total: number, work: () => unknown): Promise<number> {
  const times: number[] = []
  const calls = Math.max(1, Math.floor(total / size))
  for (let round = 0; round < rounds; round += 1) {
    const milliseconds = await timed(() => {
      for (let call = 0; call < calls; call += 1) work()
    })
    times.push(milliseconds)
  }
  return (calls * size) / median(times) / 1000
}

describe('SM4-GCM', () => {
  it.each([1024, 4096, 65_536, 1_048_576])('of %i bytes, against sm-crypto-v2', async (size) => {
    const plaintext = randomFillSync(new Uint8Array(size))
    const target = new Uint8Array(size)
    const { ciphertext, tag } = encryptSm4Gcm(key, iv, plaintext, aad)
    const seal = () => peer.encrypt(plaintext, key, { mode: 'gcm', output: 'array', outputTag: true, iv, associatedData: aad })
    const open = () => peer.decrypt(ciphertext, key, { mode: 'gcm', output: 'array', iv, associatedData: aad, tag })
    expect(equalBytes(ciphertext, seal().output)).toBe(true)
    expect(equalBytes(plaintext, open())).toBe(true)
    // The engine translates the module again, for speed, once it has been busy for a moment.
    await speed(size, bytesARound / 4, () => encryptSm4Gcm(key, iv, plaintext, aad))
    const ours = {
      encrypt: await speed(size, bytesARound, () => encryptSm4Gcm(key, iv, plaintext, aad)),
      decrypt: await speed(size, bytesARound, () => decryptSm4Gcm(key, iv, ciphertext, tag, aad)),
      encryptInto: await speed(size, bytesARound, () => encryptSm4GcmInto(target, key, iv, plaintext, aad)),
      decryptInto: await speed(size, bytesARound, () => decryptSm4GcmInto(target, key, iv, ciphertext, tag, aad)),
    }
    const theirs = { encrypt: await speed(size, peerBytesARound, seal), decrypt: await speed(size, peerBytesARound, open) }
    const compare = (name: string, our: number, into: number, their: number) =>
      report(
        `SM4-GCM ${name} ${size} B: ${our.toFixed(0)} MB/s (${(size / our).toFixed(1)} us), into given memory ${into.toFixed(0)} MB/s; ` +
          `sm-crypto-v2 ${their.toFixed(0)} MB/s; ratio ${(our / their).toFixed(1)}x`,
      )
    compare('encrypt', ours.encrypt, ours.encryptInto, theirs.encrypt)
    compare('decrypt', ours.decrypt, ours.decryptInto, theirs.decrypt)
  })
})
