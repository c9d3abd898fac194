import { createPrivateKey } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { copyBytes } from '../../src-main/crypto/bytes'
import { SshTarget } from '../../src-main/secrets/rotation/targets/ssh'
import type { Credential } from '../../src-main/secrets/rotation/targets/target'
import { encodePkcs8 } from '../../src-main/crypto/key-formats/encode-private-key'
import { decodePrivateKey } from '../../src-main/crypto/key-formats/decode-private-key'
import { freePort, runProgram } from '../support/servers/server'
import { SshServer } from '../support/servers/ssh'
import { projectRoot } from '../support/source-files'
import { targetBundle } from '../support/target-bundle'
import { failureOf } from '../support/target-fixture'

interface Pair {
  privateKey: string
  publicKey: string
}

describe('the authorized_keys of an account behind a real sshd', { timeout: 120_000 }, () => {
  let server: SshServer
  let target: SshTarget
  let [old, next, other]: Pair[] = []
  const at = (hostKeyFingerprint: string | null, port = server.port) => new SshTarget({ host: 'localhost', port, user: server.user, hostKeyFingerprint })

  beforeAll(async () => {
    server = await SshServer.start(['ed25519', 'ecdsa', 'rsa'])
    target = at(await server.fingerprint())
    old = await server.newKey('-t', 'ed25519')
    next = await server.newKey('-t', 'rsa', '-b', '2048')
    other = await server.newKey('-t', 'ecdsa', '-b', '256')
  }, 120_000)
  afterAll(() => server.dispose())
  beforeEach(() => server.authorize(`# mine\n${other?.publicKey}\n\n${old?.publicKey}\n`))

  it('lets in each kind of key that is there, and no other', async () => {
    await server.authorize(`${old?.publicKey}\n${other?.publicKey}`)
    expect(await target.login(await pairOf(old))).toEqual({ isAccepted: true, reason: null, hostKey: await server.fingerprint() })
    expect(await target.login(await pairOf(other))).toMatchObject({ isAccepted: true })
    expect(await target.login(await pairOf(next))).toEqual({ isAccepted: false, reason: 'The SSH server refuses this account with this key.', hostKey: null })
  })

  it('gets the new key beside the old one, then loses the old one; all else stays', async () => {
    const [from, to] = [await pairOf(old), await pairOf(next)]
    await target.apply({ admin: null, from, to, isRollback: false })
    expect(server.authorized()).toBe(`# mine\n${other?.publicKey}\n\n${old?.publicKey}\n${to.publicKey} made by ssh-keygen\n`)
    expect(await Promise.all([server.logsIn(old?.privateKey ?? ''), server.logsIn(next?.privateKey ?? '')])).toEqual([true, true])
    await target.apply({ admin: null, from, to, isRollback: false })
    expect(server.authorized().split('\n')).toHaveLength(6)
    await target.retire(to, from)
    expect(server.authorized()).toBe(`# mine\n${other?.publicKey}\n\n${to.publicKey} made by ssh-keygen\n`)
    expect(await Promise.all([server.logsIn(old?.privateKey ?? ''), server.logsIn(next?.privateKey ?? ''), server.logsIn(other?.privateKey ?? '')])).toEqual([false, true, true])
    expect(await target.login(from)).toMatchObject({ isAccepted: false })
    await target.retire(to, from)
  })

  it('keeps the options of a line, also of one without an end, and the mode of the file', async () => {
    const [from, to] = [await pairOf(old), await pairOf(next)]
    await server.authorize(`no-pty,environment="A=b c" ${old?.publicKey}`)
    await target.apply({ admin: null, from, to, isRollback: false })
    expect(server.authorized()).toBe(`no-pty,environment="A=b c" ${old?.publicKey}\nno-pty,environment="A=b c" ${to.publicKey} made by ssh-keygen\n`)
  })

  it('takes a key that came with a passphrase, in any format', async () => {
    const sealed = await server.newKey('-t', 'ed25519', '-N', 'a passphrase')
    const pem = await server.newKey('-t', 'rsa', '-b', '2048', '-m', 'PKCS8')
    await server.authorize(`${sealed.publicKey}\n${pem.publicKey}\n`)
    expect(await target.login(await pairOf(sealed, 'a passphrase'))).toMatchObject({ isAccepted: true })
    expect(await target.login(await pairOf(pem))).toMatchObject({ isAccepted: true })
  })

  it('knows the server by its key, of whatever kind', async () => {
    for (const kind of ['ecdsa', 'rsa']) expect(await at(await server.fingerprint(kind)).login(await pairOf(old))).toMatchObject({ isAccepted: true, hostKey: await server.fingerprint(kind) })
    expect(await at(null).login(await pairOf(old))).toMatchObject({ isAccepted: true, hostKey: await server.fingerprint() })
    const wrong = `SHA256:${'A'.repeat(43)}`
    expect(await failureOf(at(wrong).login(await pairOf(old)))).toEqual({
      code: 'ROTATION_TARGET_UNREACHABLE',
      reason: `The SSH server shows another key (${await server.fingerprint()}) than the one that is known of it (${wrong}).`,
    })
  })

  it('lets the runtime of the application in, with the cryptography that is there', async () => {
    const bundle = fileURLToPath(await targetBundle('ssh'))
    await server.authorize(`${old?.publicKey}\n${next?.publicKey}\n${other?.publicKey}\n`)
    for (const pair of [old, next, other]) {
      const { account, publicKey, secret } = await pairOf(pair)
      const config = { kind: 'ssh', host: '127.0.0.1', port: server.port, user: server.user, hostKeyFingerprint: await server.fingerprint() }
      const input = JSON.stringify({ config, account, publicKey, secret: Buffer.from(secret).toString('base64') })
      const ended = await runProgram(process.env['KEYSTEAD_ELECTRON'] ?? '', [join(projectRoot, 'test/support/ask-thread.mjs'), bundle], { env: { ELECTRON_RUN_AS_NODE: '1' }, input })
      expect(ended).toMatchObject({ code: 0, stdout: JSON.stringify({ answer: { isAccepted: true, reason: null, hostKey: await server.fingerprint() } }) })
    }
  })

  it('says what is wrong, and changes nothing', async () => {
    const [from, to] = [await pairOf(old), await pairOf(next)]
    const before = server.authorized()
    expect(await failureOf(target.apply({ admin: null, from: to, to: from, isRollback: false }))).toMatchObject({ code: 'ROTATION_LOGIN_REFUSED' })
    const port = await freePort()
    expect(await failureOf(at(null, port).login(from))).toEqual({ code: 'ROTATION_TARGET_UNREACHABLE', reason: `The SSH server at localhost port ${port} cannot be reached (ECONNREFUSED).` })
    expect(server.authorized()).toBe(before)
    await server.authorizeElsewhere(`${next?.publicKey}\n`)
    const unknown = await pairOf(await server.newKey('-t', 'ed25519'))
    expect(await failureOf(target.apply({ admin: null, from: to, to: unknown, isRollback: false }))).toMatchObject({ code: 'ROTATION_APPLY_FAILED', reason: expect.stringContaining('not in ~/.ssh/authorized_keys') as string })
    expect(server.authorized()).toBe(before)
  })
})

/** A pair as the engine hands it over. */
async function pairOf(pair: Pair | undefined, passphrase?: string): Promise<Credential> {
  const { keySpec, material } = await decodePrivateKey(new TextEncoder().encode(pair?.privateKey ?? ''), passphrase === undefined ? null : new TextEncoder().encode(passphrase))
  const secret = encodePkcs8(keySpec, material).use((der) => copyBytes(der))
  expect(createPrivateKey({ key: Buffer.from(secret), format: 'der', type: 'pkcs8' }).type).toBe('private')
  return { account: 'not used', secret, publicKey: (pair?.publicKey ?? '').split(' ').slice(0, 2).join(' ') }
}
