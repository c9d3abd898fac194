/** An algorithm suite of message format 2. */
export interface Suite {
  readonly id: number
  /** The name that the format's specification uses. */
  readonly name: string
  /** Whether an ECDSA P-384 signature over the whole message follows the body. */
  readonly isSigned: boolean
}

/** AES-256-GCM, HKDF-SHA512, key commitment: what Keystead writes. */
export const committingSuite: Suite = { id: 0x0478, name: 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY', isSigned: false }

/** The same with a signature: read only. */
export const signedSuite: Suite = { id: 0x0578, name: 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384', isSigned: true }

/** Null for a suite that is not read here. */
export function suiteById(id: number): Suite | null {
  return [committingSuite, signedSuite].find((suite) => suite.id === id) ?? null
}
