/** A linear map of bytes: the images of the bits 0 to 7. */
type ByteMap = readonly number[]

const bits = [0, 1, 2, 3, 4, 5, 6, 7]
const nibbles = Array.from({ length: 16 }, (_, value) => value)
const rotateByte = (value: number, by: number): number => ((value << by) | (value >> (8 - by))) & 0xff

/**
 * The S-box of SM4 is S(x) = A·inv(A·x + c) + c in GF(2)[x]/0x1f5. Inversion is done in the isomorphic tower of
 * GF(16) = GF(2)[x]/(x^4 + x + 1): the byte i·16 + k is k + i·w with w^2 = a·w + a, a = 2. `toTower` is the isomorphism.
 */
const affine = 0xd3
const matrix: ByteMap = bits.map((bit) => bits.reduce((image, row) => image | (((rotateByte(0xa7, row) >> bit) & 1) << row), 0))
const toTower: ByteMap = [0x01, 0x46, 0x61, 0x63, 0xef, 0x2d, 0xeb, 0x16]

/** Cipher state is held in the basis M = toTower·A, so that no round transforms its input. */
const toState = compose(toTower, matrix)
const fromTower = compose(matrix, inverseOf(toTower))
const upTwo: ByteMap = bits.map((bit) => (1 << bit) ^ ((1 << bit << 2) & 0xff))
const downSix: ByteMap = bits.map((bit) => (1 << bit) ^ (1 << bit >> 6))

/** A swizzle of a table at this index gives zero: the infinity of the inversion. */
const infinity = 0x80

const inverses = [infinity, ...nibbles.slice(1).map(inverseOf16)]
const scaledInverses = [infinity, ...nibbles.slice(1).map((value) => multiply16(2, inverseOf16(value)))]

/** M·(rotate c by 2), which the linear layer would add to each word of a round. */
const roundAffine = apply(toState, rotateByte(affine, 2))

/** The tables of 16 bytes that the code reads from memory, in the order of their addresses. */
export const tables = {
  nibble: nibbles.map(() => 0x0f),
  inverse: inverses,
  scaledInverse: scaledInverses,
  ...outputTables('up', compose(toState, compose(upTwo, fromTower))),
  ...outputTables('down', compose(toState, compose(downSix, fromTower))),
  ...outputTables('plain', fromTower),
  ...inputTables('state', toState),
  ...inputTables('bytes', inverseOf(toState)),
  tower: nibbles.map(() => apply(toTower, affine)),
  affine: nibbles.map(() => affine),
}

/** What is added to each byte of round key `round` in the basis of the state: all constants of the S-box in one. */
export function roundKeyConstant(round: number): number {
  const odd = [round + 1, round + 2, round + 3].filter((word) => Math.floor(word / 4) % 2 === 1).length % 2 === 1
  return apply(toTower, affine) ^ (odd ? roundAffine : 0)
}

/**
 * With p and q the inverses of the two nibbles that the inversion ends with, its result is p + w·(p + (p+q)/a)/a, so a
 * linear map of it is the sum of one table for each nibble.
 */
function outputTables<Name extends string>(name: Name, map: ByteMap): Record<`${Name}First` | `${Name}Second`, number[]> {
  const byA = inverseOf16(2)
  const byASquared = multiply16(byA, byA)
  const first = nibbles.map((value) => {
    const p = value === 0 ? 0 : inverseOf16(value)
    return apply(map, p | ((multiply16(p, byA) ^ multiply16(p, byASquared)) << 4))
  })
  const second = nibbles.map((value) => (value === 0 ? 0 : apply(map, multiply16(inverseOf16(value), byASquared) << 4)))
  return { [`${name}First`]: first, [`${name}Second`]: second } as Record<`${Name}First` | `${Name}Second`, number[]>
}

/** A linear map as the sum of one table for the low nibble and one for the high. */
function inputTables<Name extends string>(name: Name, map: ByteMap): Record<`${Name}Low` | `${Name}High`, number[]> {
  const low = nibbles.map((value) => apply(map, value))
  const high = nibbles.map((value) => apply(map, value << 4))
  return { [`${name}Low`]: low, [`${name}High`]: high } as Record<`${Name}Low` | `${Name}High`, number[]>
}

function apply(map: ByteMap, value: number): number {
  return map.reduce((sum, image, bit) => sum ^ (value & (1 << bit) ? image : 0), 0)
}

/** First `inner`, then `outer`. */
function compose(outer: ByteMap, inner: ByteMap): ByteMap {
  return inner.map((image) => apply(outer, image))
}

function inverseOf(map: ByteMap): ByteMap {
  return bits.map((bit) => Array.from({ length: 256 }, (_, value) => value).find((value) => apply(map, value) === 1 << bit) ?? 0)
}

function multiply16(a: number, b: number): number {
  let product = 0
  for (let bit = 3; bit >= 0; bit--) {
    product <<= 1
    if (product & 0x10) product ^= 0x13
    if ((b >> bit) & 1) product ^= a
  }
  return product
}

function inverseOf16(value: number): number {
  return nibbles.find((other) => multiply16(value, other) === 1) ?? 0
}
