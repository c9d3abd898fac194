import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { cliLine, fromFile, inContext, sdkCall, type Call } from '../../../src-renderer/components/workbench/calls'
import { bytesOf, fromHex, readTyped, shownAs, toHex, typedFault } from '../../../src-renderer/components/workbench/formats'
import { derOfPem } from '../../../src-renderer/composables/pem'
import { actsOf, longestPlaintext, operationOfAct, wrappings } from '../../../src-renderer/features/keys/workbench/acts'
import { digestInCall, hashOf } from '../../../src-renderer/features/keys/workbench/message'
import { useContextField } from '../../../src-renderer/features/keys/workbench/use-context-field'
import { keySpecInfos } from '../../../src-shared/model/key-specs'
import { keySpecs } from '../../../src-shared/model/keys'
import { stateTable } from '../../../src-shared/model/state-table'

const utf8 = (text: string) => new TextEncoder().encode(text)

describe('the acts of a key', () => {
  it('are those of its usage', () => {
    expect(actsOf('Aliyun_SM4', 'ENCRYPT/DECRYPT')).toEqual(['encrypt', 'decrypt', 'reEncrypt', 'dataKey'])
    expect(actsOf('RSA_2048', 'SIGN/VERIFY')).toEqual(['sign', 'verify', 'publicKey'])
    expect(actsOf('EC_SM2', 'ENCRYPT/DECRYPT')).toEqual(['encrypt', 'decrypt', 'reEncrypt', 'publicKey'])
    expect(actsOf('HMAC_SM3', 'GENERATE_VERIFY_MAC')).toEqual(['generateMac', 'verifyMac'])
  })

  it('exist for every spec and usage, each with a row in the table of states', () => {
    for (const spec of keySpecs) {
      for (const usage of keySpecInfos[spec].usages) {
        const acts = actsOf(spec, usage)
        expect(acts.length, spec).toBeGreaterThan(1)
        expect(acts.every((act) => operationOfAct[act] in stateTable), spec).toBe(true)
      }
    }
  })

  it('know how much a key encrypts, and which public key a wrapping takes', () => {
    expect(longestPlaintext('RSA_2048', 'RSAES_OAEP_SHA_256')).toBe(190)
    expect(longestPlaintext('EC_P256', 'SM2PKE')).toBe(0)
    expect(wrappings.map(({ algorithm, keySpec }) => `${algorithm} ${keySpec}`)).toEqual(['RSAES_OAEP_SHA_256 RSA_2048', 'RSAES_OAEP_SHA_1 RSA_2048', 'SM2PKE EC_SM2'])
  })
})

describe('fields for bytes', () => {
  it('give back in every format what they were given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (bytes) => {
        for (const format of ['base64', 'hex'] as const) expect(bytesOf({ text: shownAs(bytes, format) ?? '', format })).toEqual(Uint8Array.from(bytes))
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
      }),
    )
    expect(bytesOf({ text: '密钥', format: 'text' })).toEqual(utf8('密钥'))
    expect(shownAs(Uint8Array.of(0xff), 'text')).toBeNull()
  })

  it.each([['0A ff', '0aff'], ['0a:FF', '0aff'], ['0x0aff\n', '0aff']])('read %j as hexadecimal', (typed, meant) => {
    expect(toHex(fromHex(typed) ?? new Uint8Array(0))).toBe(meant)
  })

  it.each(['', ' ', '0', '0g', '0x', 'a b c'])('refuse %j as hexadecimal', (typed) => {
    expect(fromHex(typed)).toBeNull()
  })

  it('say what is wrong, and nothing about an empty field', () => {
    expect(typedFault({ text: ' ', format: 'hex' }, 1)).toBeNull()
    expect(typedFault({ text: 'xyz', format: 'hex' }, 9)).toBe('notHex')
    expect(typedFault({ text: 'a', format: 'base64' }, 9)).toBe('notBase64')
    expect(typedFault({ text: '密', format: 'text' }, 3)).toBeNull()
    expect(typedFault({ text: '密钥', format: 'text' }, 3)).toBe('tooLong')
    expect(readTyped({ text: '密钥', format: 'text' }, 3)).toBeNull()
    expect(readTyped({ text: 'ff', format: 'hex' }, 1)).toEqual(Uint8Array.of(255))
  })

  it('take the bytes out of PEM', () => {
    expect(derOfPem('-----BEGIN PUBLIC KEY-----\nYWJj\nZGVm\n-----END PUBLIC KEY-----\n')).toEqual(utf8('abcdef'))
    expect(derOfPem('YWJj')).toBeNull()
    expect(derOfPem('-----BEGIN X-----\n!\n-----END X-----')).toBeNull()
  })
})

describe('the field for the context', () => {
  it('gives nothing for no pairs, and begins anew when cleared, whatever was wrong', () => {
    const { context, isValid, turn, encryptionContext, clear } = useContextField()
    expect(encryptionContext.value).toBeUndefined()
    context.value = { tenant: '42' }
    expect(encryptionContext.value).toEqual({ tenant: '42' })
    isValid.value = false
    clear()
    expect([context.value, isValid.value, turn.value, encryptionContext.value]).toEqual([{}, true, 1, undefined])
  })
})

describe('messages to sign', () => {
  it('name the hash of their algorithm', () => {
    expect(hashOf('SM2DSA')).toBe('SM3')
    expect(hashOf('ECDSA_SHA_384')).toBe('SHA-384')
    expect(hashOf('RSA_PSS_SHA_256')).toBe('SHA-256')
    expect(hashOf('ED25519_PH_SHA_512')).toBe('SHA-512')
    expect(hashOf('ED25519_SHA_512')).toBeNull()
  })

  it('are part of a call while they are short and known', () => {
    expect(digestInCall(new Uint8Array(32), 'SHA-256')).toEqual(new Uint8Array(32))
    expect(digestInCall(new Uint8Array(600), null)).toEqual(fromFile('message.bin'))
    expect(digestInCall(null, 'SHA-256')).toEqual(fromFile('digest.bin'))
  })
})

describe('the same call elsewhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-call-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  /** What a shell hands to `keystead call OPERATION JSON`. */
  function argumentsOf(call: Call): string[] {
    const script = `keystead() { printf '%s\\0' "$@"; }\n${cliLine(call)}`
    return execFileSync('/bin/sh', ['-c', script], { cwd: folder, encoding: 'utf8' }).split('\0').slice(0, -1)
  }

  it('is written as people would write it', () => {
    const call: Call = { operation: 'decrypt', parameters: { ciphertextBlob: utf8('abc'), encryptionContext: inContext({ 'a b': "it's" }), dryRun: undefined } }
    expect(cliLine(call)).toBe(String.raw`keystead call Decrypt '{"CiphertextBlob":"YWJj","EncryptionContext":{"a b":"it'\''s"}}'`)
    expect(sdkCall(call)).toBe(
      [
        "import { DecryptRequest } from '@alicloud/kms20160120'",
        '',
        'const answer = await client.decrypt(new DecryptRequest({',
        "  ciphertextBlob: 'YWJj',",
        String.raw`  encryptionContext: { 'a b': 'it\'s' },`,
        '}))',
      ].join('\n'),
    )
  })

  it('reads from a file what was typed', () => {
    writeFileSync(join(folder, 'plaintext.bin'), Buffer.alloc(90, 7))
    const call: Call = { operation: 'encrypt', parameters: { keyId: 'k', plaintext: fromFile('plaintext.bin'), numberOfBytes: 3 } }
    expect(argumentsOf(call)).toEqual(['call', 'Encrypt', JSON.stringify({ KeyId: 'k', Plaintext: Buffer.alloc(90, 7).toString('base64'), NumberOfBytes: 3 })])
    expect(sdkCall(call)).toContain("import { readFileSync } from 'node:fs'\n")
    expect(sdkCall(call)).toContain("  plaintext: readFileSync('plaintext.bin', 'base64'),\n")
  })

  it('reaches the program unchanged, whatever is in it', () => {
    const anything = fc.stringMatching(/^[^\0]{0,20}$/)
    fc.assert(
      fc.property(anything, anything, fc.dictionary(fc.stringMatching(/^[a-z'"$`\\ ]{1,6}$/), anything, { minKeys: 1, maxKeys: 3, noNullPrototype: true }), (keyId, name, context) => {
        const call: Call = { operation: 'encrypt', parameters: { keyId, description: name, encryptionContext: inContext(context) } }
        const [, operation, json] = argumentsOf(call)
        expect(operation).toBe('Encrypt')
        expect(JSON.parse(json ?? '')).toEqual({ KeyId: keyId, Description: name, EncryptionContext: context })
      }),
      { numRuns: 60 },
    )
  })

  it('is JavaScript that says the same', () => {
    const request = (text: string): unknown => {
      const [, literal] = /new EncryptRequest\((\{[^]*\})\)\)?$/.exec(text.trim()) ?? []
      // oxlint-disable-next-line no-implied-eval, no-new-func
      return new Function(`return (${literal ?? ''})`)()
    }
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'), fc.string(), { minKeys: 1, noNullPrototype: true }), (keyId, context) => {
        const call: Call = { operation: 'encrypt', parameters: { keyId, encryptionContext: inContext(context) } }
        expect(request(sdkCall(call) ?? '')).toEqual({ keyId, encryptionContext: context })
      }),
    )
  })

  it('leaves the SDK out where it has no such call', () => {
    expect(sdkCall({ operation: 'generateMac', parameters: { keyId: 'k' } })).toBeNull()
    expect(inContext({})).toBeUndefined()
  })
})
