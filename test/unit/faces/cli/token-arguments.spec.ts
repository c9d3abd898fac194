import { describe, expect, it } from 'vitest'
import { parseArguments, UsageError } from '../../../../src-main/faces/cli/arguments'

const command = (...argv: string[]) => parseArguments(argv).command

describe('the arguments of token', () => {
  it('name a token and where its PINs are', () => {
    expect(command('token', 'objects', '--module', 'm.so', '--token', 'First', '--pin-file', 'p', '--so-pin-fd', '3', '--class', 'secret-key,data')).toEqual({
      command: 'token',
      action: 'objects',
      place: { module: 'm.so', parameters: null, token: 'First' },
      pins: { user: { file: 'p' }, so: { descriptor: 3 }, fresh: null },
      search: '',
      classes: ['secret-key', 'data'],
      publicOnly: false,
      json: false,
    })
  })

  it.each([
    [['--type', 'AES'], { keySpec: 'AES_256', uses: ['encrypt', 'decrypt'] }],
    [['--type', 'AES', '--size', '128', '--use', 'unwrap,wrap'], { keySpec: 'AES_128', uses: ['wrap', 'unwrap'] }],
    [['--type', 'RSA', '--extractable', '--not-sensitive'], { keySpec: 'RSA_3072', uses: ['sign', 'verify'], isExtractable: true, isSensitive: false }],
    [['--type', 'EC', '--id', 'A1b2', '--ask-each-time'], { keySpec: 'EC_P256', idHex: 'a1b2', asksEachTime: true }],
    [['--type', 'EC', '--curve', 'secp256k1'], { keySpec: 'EC_P256K', isExtractable: false, isSensitive: true }],
    [['--type', 'ED25519'], { keySpec: 'ED25519' }],
    [['--type', 'GENERIC', '--size', '512'], { keySpec: 'GENERIC_512', uses: ['sign', 'verify'] }],
  ])('say what key is made: %j', (argv, key) => {
    expect(command('token', 'generate', '--label', 'k', ...argv)).toMatchObject({ action: 'generate', key: { label: 'k', ...key }, preview: false })
  })

  it('take the token from the URI of an object, unless it is named', () => {
    const uri = 'pkcs11:token=t;object=k;type=private'
    expect(command('token', 'sign', uri)).toMatchObject({ action: 'sign', object: uri, place: { token: uri }, input: '-', output: null, algorithm: null, isDigest: false })
    expect(command('token', 'sign', uri, '--token', 'First')).toMatchObject({ object: uri, place: { token: 'First' } })
    expect(command('token', 'copy', 'k', '--to', 'Second', '--to-pin-fd', '5')).toMatchObject({ target: 'Second', targetPin: { descriptor: 5 }, wrapping: null, isExtractable: false })
  })

  it('know commands of three words', () => {
    expect(command('token', 'module', 'add', 'm.so', '--name', 'Mine')).toMatchObject({ command: 'token', action: 'module add', file: 'm.so', name: 'Mine' })
  })

  it.each([
    [['token']],
    [['token', 'frobnicate']],
    [['token', 'module']],
    [['token', 'list', 'extra']],
    [['token', 'init']],
    [['token', 'pin', '--so', '--reset']],
    [['token', 'objects', '--class', 'keys']],
    [['token', 'objects', '--pin-file', 'p', '--pin-fd', '3']],
    [['token', 'objects', '--pin-fd', 'three']],
    [['token', 'objects', '--parameters', 'p']],
    [['token', 'generate', '--label', 'k']],
    [['token', 'generate', '--type', 'AES']],
    [['token', 'generate', '--type', 'AES', '--label', 'k', '--size', '512']],
    [['token', 'generate', '--type', 'AES', '--label', 'k', '--curve', 'P-256']],
    [['token', 'generate', '--type', 'EC', '--label', 'k', '--size', '256']],
    [['token', 'generate', '--type', 'EC', '--label', 'k', '--use', 'sign,dance']],
    [['token', 'generate', '--type', 'EC', '--label', 'k', '--id', 'xyz']],
    [['token', 'rename', 'k']],
    [['token', 'delete']],
    [['token', 'import', 'f']],
    [['token', 'import', 'f', '--as', 'private-key']],
    [['token', 'import', 'f', '--as', 'data']],
    [['token', 'wrap', 'k']],
    [['token', 'unwrap', 'f', '--with', 'k', '--label', 'l']],
    [['token', 'copy', 'k']],
    [['token', 'copy', 'k', '--to', 't', '--to-pin', '271828']],
    [['token', 'sign', 'k', '--algorithm', 'MD5']],
    [['token', 'verify', 'k']],
    [['token', 'csr', 'k']],
    [['token', 'random', '0']],
    [['token', 'show', 'pkcs11:token=t;object=o?module-name=m&pin-value=1']],
  ])('are refused: %j', (argv) => {
    expect(() => parseArguments(argv)).toThrow(UsageError)
  })

  it.each(['--pin', '--so-pin', '--new-pin'])('take no PIN: %s', (option) => {
    for (const argv of [[option, '271828'], [`${option}=271828`]]) {
      expect(() => parseArguments(['token', 'list', ...argv])).toThrow(/^(?!.*271828).*a PIN is never an argument/)
    }
  })
})
