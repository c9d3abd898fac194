import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

const BLOCK = 512

/** The sha512 of a file in base64, as npm writes it in its integrity field. */
export async function sha512(path) {
  const hash = createHash('sha512')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('base64')
}

function parseHeader(block) {
  const text = (start, end) => block.toString('latin1', start, end).replace(/\0.*$/s, '')
  return { name: text(0, 100), size: Number.parseInt(text(124, 136).trim() || '0', 8) }
}

/** Feeds a tar stream piece by piece and calls `write` with the bytes of the one wanted file. */
class TarReader {
  #pending = Buffer.alloc(0)
  #left = 0
  #padding = 0
  #wanted = false
  #name
  #write
  found = false

  constructor(name, write) {
    this.#name = name
    this.#write = write
  }

  async push(chunk) {
    let rest = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk
    this.#pending = Buffer.alloc(0)
    while (rest.length > 0) {
      if (this.#left + this.#padding === 0 && rest.length < BLOCK) {
        this.#pending = rest
        return
      }
      rest = rest.subarray(await this.#take(rest))
    }
  }

  async #take(bytes) {
    if (this.#left > 0) {
      const body = bytes.subarray(0, this.#left)
      if (this.#wanted) await this.#write(body)
      this.#left -= body.length
      return body.length
    }
    if (this.#padding > 0) {
      const skipped = Math.min(this.#padding, bytes.length)
      this.#padding -= skipped
      return skipped
    }
    const { name, size } = parseHeader(bytes)
    this.#wanted = name === this.#name
    this.found ||= this.#wanted
    this.#left = size
    this.#padding = (BLOCK - (size % BLOCK)) % BLOCK
    return BLOCK
  }
}

/** Takes one file out of a .tgz; throws when it is not in there. */
export async function extractFromTarball(tarball, name, target) {
  const output = await open(target, 'wx')
  const reader = new TarReader(name, (bytes) => output.writeFile(bytes))
  try {
    const source = createReadStream(tarball, { highWaterMark: 1 << 20 })
    await pipeline(source, createGunzip({ chunkSize: 1 << 20 }), async (chunks) => {
      for await (const chunk of chunks) await reader.push(chunk)
    })
  } finally {
    await output.close()
  }
  if (!reader.found) throw new Error(`${name} is not in the package.`)
}
