import { open, type FileHandle } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { ReadStream } from 'node:tty'
import { KmsError } from '../../../src-shared/errors'

const enter = new Set([0x0a, 0x0d])
const backspace = new Set([0x08, 0x7f])
const interrupt = 0x03
const endOfInput = 0x04
const clearLine = 0x15
const maximumBytes = 1024

/** A line being typed, in a buffer of its own. */
class TypedLine {
  readonly bytes = new Uint8Array(new ArrayBuffer(maximumBytes))
  length = 0

  /** False when there is no room for the byte. */
  push(byte: number): boolean {
    if (this.length === maximumBytes) return false
    this.bytes[this.length++] = byte
    return true
  }

  /** Removes the last UTF-8 character: its continuation bytes and its first byte. */
  eraseCharacter(): void {
    while (this.length > 0 && ((this.bytes[--this.length] ?? 0) & 0xc0) === 0x80);
  }

  finish(): Uint8Array {
    const typed = this.bytes.slice(0, this.length)
    this.bytes.fill(0)
    return typed
  }
}

/**
 * Asks on the controlling terminal without echo and gives the typed line as UTF-8 bytes, which belong to the caller.
 * Standard input stays free for data. CANCELLED on Ctrl+C or when there is no terminal, LIMIT_EXCEEDED above 1024 bytes.
 */
export async function askHidden(question: string): Promise<Uint8Array> {
  const terminal = await openTerminal()
  const input = new ReadStream(terminal.fd)
  try {
    // Before the question: who answers at once is not shown either.
    input.setRawMode(true)
    await terminal.write(question)
    return await readHiddenLine(input)
  } finally {
    input.setRawMode(false)
    input.destroy()
    await terminal.write('\n').catch(() => undefined)
    await terminal.close().catch(() => undefined)
  }
}

/** Whether there is a terminal to ask on. */
export async function hasTerminal(): Promise<boolean> {
  const terminal = await open('/dev/tty', 'r+').catch(() => null)
  await terminal?.close()
  return terminal !== null
}

/** Asks on the controlling terminal, where the answer shows. CANCELLED when there is no terminal or its input ends. */
export async function askLine(question: string): Promise<string> {
  const terminal = await openTerminal()
  const input = new ReadStream(terminal.fd)
  try {
    await terminal.write(question)
    for await (const line of createInterface({ input })) return line
    throw new KmsError('CANCELLED', 'Cancelled.')
  } finally {
    input.destroy()
    await terminal.close().catch(() => undefined)
  }
}

async function openTerminal(): Promise<FileHandle> {
  try {
    return await open('/dev/tty', 'r+')
  } catch (cause) {
    throw new KmsError('CANCELLED', 'There is no terminal to ask on. Give the passphrase with --passphrase-file FILE, any other in a file as well.', {}, cause)
  }
}

function readHiddenLine(input: ReadStream): Promise<Uint8Array> {
  const line = new TypedLine()
  return new Promise((resolve, reject) => {
    const refuse = (problem: KmsError) => {
      line.finish().fill(0)
      reject(problem)
    }
    const cancel = () => refuse(new KmsError('CANCELLED', 'Cancelled.'))
    input.once('end', cancel)
    input.once('error', cancel)
    input.on('data', (chunk: Buffer) => {
      for (const byte of chunk) {
        if (byte === interrupt || byte === endOfInput) cancel()
        else if (enter.has(byte)) resolve(line.finish())
        else if (backspace.has(byte)) line.eraseCharacter()
        else if (byte === clearLine) line.length = 0
        else if (!line.push(byte)) refuse(new KmsError('LIMIT_EXCEEDED', 'What was typed is too long. Give it in a file.', { limit: maximumBytes }))
      }
      chunk.fill(0)
    })
  })
}
