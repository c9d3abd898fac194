import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Request, Response } from '../../../src-shared/contract/operations'
import { isKmsError } from '../../../src-shared/errors'
import { zero } from '../../crypto/bytes'
import { randomBytesOf } from '../../crypto/random'
import type { ObjectView, TokenRef } from '../host/calls'
import { generateWith } from '../generate-key'
import { findKnownModules } from '../known-modules'
import { templateProblems } from '../key-templates'
import { examineModuleFile } from '../module-file'
import { objectOf } from '../object-view'
import { tokenError } from '../token-errors'
import type { TokenModule } from '../token-module'
import { isFilled, tokenRefOf } from '../token-view'
import type { Tokens } from '../tokens'

type Rehearsal = Response<'rehearseTokenKey'>

const label = 'rehearsal'

/**
 * Makes a key on a token of SoftHSM in a folder of its own, in a process of its own, and throws both away. What it answers is
 * what SoftHSM says; `problems` is what is known of the real token.
 */
export async function rehearseTokenKey(tokens: Tokens, request: Request<'rehearseTokenKey'>): Promise<Rehearsal> {
  const problems = templateProblems(request, await tokens.mechanisms(request.tokenId))
  const isRefused = problems.some(({ isFatal }) => isFatal)
  if (isRefused) return { outcome: 'refused', code: 'TOKEN_TEMPLATE_REFUSED', ckr: null, objects: [], problems }
  const path = await softHsmPath()
  if (path === null) return { outcome: 'unavailable', code: null, ckr: null, objects: [], problems }
  const folder = await mkdtemp(join(tmpdir(), 'keystead-rehearsal-'))
  try {
    const module = await scratchModule(tokens, path, folder)
    try {
      const objects = (await makeOn(module, request)).map(objectOf)
      return { outcome: 'made', code: null, ckr: null, objects, problems }
    } catch (error) {
      if (!isKmsError(error)) throw error
      return { outcome: 'refused', code: error.code, ckr: error.details.ckr ?? null, objects: [], problems }
    } finally {
      await module.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function softHsmPath(): Promise<string | null> {
  const found = (await findKnownModules()).find(({ path }) => basename(path).startsWith('libsofthsm2') || basename(path).startsWith('softhsm2'))
  return found?.path ?? null
}

async function scratchModule(tokens: Tokens, path: string, folder: string): Promise<TokenModule> {
  const configuration = join(folder, 'softhsm2.conf')
  await mkdir(join(folder, 'tokens'), { mode: 0o700 })
  await writeFile(configuration, `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`, { mode: 0o600 })
  return tokens.scratchModule(await examineModuleFile(path), { SOFTHSM2_CONF: configuration })
}

async function makeOn(module: TokenModule, request: Request<'rehearseTokenKey'>): Promise<ObjectView[]> {
  const pin = Buffer.from(Buffer.from(randomBytesOf(16)).toString('hex'))
  try {
    const [blank] = (await module.slots()).filter(isFilled)
    if (!blank) throw tokenError('TOKEN_NOT_FOUND')
    await module.call('initToken', { token: tokenRefOf(blank), soPin: pin, newLabel: label })
    const token = await tokenNamed(module)
    await module.call('initUserPin', { token, soPin: pin, newPin: pin })
    await module.call('logIn', { token, role: 'user', pin })
    return await generateWith({ secret: (made) => module.call('generateKey', { ...made, token }), pair: (made) => module.call('generateKeyPair', { ...made, token }) }, request)
  } finally {
    zero(pin)
  }
}

async function tokenNamed(module: TokenModule): Promise<TokenRef> {
  const slot = (await module.slots()).filter(isFilled).find(({ token }) => token.label === label)
  if (!slot) throw tokenError('TOKEN_NOT_FOUND')
  return tokenRefOf(slot)
}
