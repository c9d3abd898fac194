import { counterModeCode, expandKeyCode, spreadIvCode } from './cipher-code'
import { roundKeyConstant, tables } from './field'
import { hashBatchesCode, hashBlocksCode, preparePowersCode } from './ghash-code'
import type { SwizzleKind } from './instructions'
import { layout, rounds, tableAt, tableNames } from './layout'
import { wasmModule } from './wasm'

/** The functions of the module (cipher-code.ts, ghash-code.ts) and its memory (layout.ts). */
export interface Sm4Engine {
  memory: Uint8Array<ArrayBuffer>
  expandKey: () => void
  spreadIv: () => void
  counterMode: (counter: number, from: number, to: number) => void
  preparePowers: (end: number) => void
  hashBlocks: (from: number, to: number) => void
  hashBatches: (from: number, to: number) => void
}

type Exports = Omit<Sm4Engine, 'memory'> & { memory: WebAssembly.Memory }

let engine: Sm4Engine | undefined

/** The engine of this thread, made at the first call. */
export function sm4Engine(): Sm4Engine {
  engine ??= createSm4Engine(sm4Module('relaxed') ?? sm4Module('strict'))
  return engine
}

/**
 * The module with the swizzle of that kind; null when the runtime does not know it. Both give the same results: relaxed
 * differs from strict only for indices that never occur here, and is faster.
 */
export function sm4Module(kind: SwizzleKind): WebAssembly.Module | null {
  const bytes = wasmModule({
    expandKey: expandKeyCode(kind),
    spreadIv: spreadIvCode(kind),
    counterMode: counterModeCode(kind),
    preparePowers: preparePowersCode(kind),
    hashBlocks: hashBlocksCode(kind),
    hashBatches: hashBatchesCode(kind),
  })
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null
}

/** An instance with its tables in place. Throws when there is no module: SIMD is missing from the runtime. */
export function createSm4Engine(module: WebAssembly.Module | null): Sm4Engine {
  if (!module) throw new Error('the runtime has no WebAssembly SIMD')
  const { memory, ...functions } = new WebAssembly.Instance(module).exports as unknown as Exports
  const bytes = new Uint8Array(memory.buffer as ArrayBuffer)
  for (const name of tableNames) bytes.set(tables[name], tableAt(name))
  const view = new DataView(memory.buffer)
  for (let round = 0; round < rounds; round++) {
    for (let byte = 0; byte < 4; byte++) {
      view.setUint8(layout.roundConstants + 4 * round + 3 - byte, ((4 * round + byte) * 7) % 256)
      view.setUint8(layout.roundKeyConstants + 4 * round + byte, roundKeyConstant(round))
    }
  }
  return { memory: bytes, ...functions }
}
