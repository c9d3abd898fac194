import { basename } from 'node:path'
import { flagsOf, type OperationName } from '../../../src-shared/contract/catalog'
import type { tokenSchemas } from '../../../src-shared/contract/tokens'
import { isKmsError, KmsError } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import type { PathHandles } from '../../platform/path-handles'
import { findKnownModules } from '../../tokens/known-modules'
import { deleteTokenObjects, generateTokenKey, getTokenObject, listTokenObjects, previewTokenKey, renameTokenObject } from '../../tokens/token-objects'
import type { Tokens } from '../../tokens/tokens'
import type { VaultUses } from '../../tokens/vault-uses'
import type { Vault } from '../../vault/vault'
import type { CallAudit } from '../call-audit'
import type { DesktopPort } from '../desktop-port'
import type { Handler, HandlersOf } from '../handlers'

export interface TokenHandlerOptions {
  tokens: Tokens
  vaultUses: VaultUses
  vault: Vault
  audit: CallAudit
  handles: PathHandles
  desktop: DesktopPort
}

type Names = keyof HandlersOf<typeof tokenSchemas>

/** Tokens, their objects and the modules that reach them. */
export function tokenHandlers(options: TokenHandlerOptions): HandlersOf<typeof tokenSchemas> {
  const { tokens, vaultUses, handles, desktop } = options
  const { registry } = tokens
  const shown = async (registered: ReturnType<typeof registry.get>) => ({ module: await tokens.moduleView(registered) })
  const found = (name: string, path: string) => ({ name, path, isAdded: registry.list().some((module) => module.path === path), module: handles.issue(path, 'module') })
  return guarded(options, {
    listTokenModules: async () => ({ modules: await tokens.listModules() }),
    findTokenModules: async () => ({ modules: (await findKnownModules()).map(({ name, path }) => found(name, path)) }),
    async chooseTokenModule() {
      const [path] = await desktop.chooseSources('files')
      return { module: path === undefined ? null : found(basename(path), path) }
    },
    async addTokenModule({ module, name, parameters = null }) {
      const known = new Set(registry.list().map(({ moduleId }) => moduleId))
      const registered = await registry.add(handles.redeem(module, 'module'), { ...(name !== undefined && { name }), parameters })
      try {
        await tokens.module(registered.moduleId).open()
      } catch (error) {
        // What cannot be loaded is not kept: it would be a problem in every list from now on.
        if (!known.has(registered.moduleId)) {
          await registry.remove(registered.moduleId)
          await tokens.stopModule(registered.moduleId)
        }
        throw error
      }
      return shown(registered)
    },
    async acceptTokenModule({ moduleId }) {
      await tokens.stopModule(moduleId)
      return shown(await registry.accept(moduleId))
    },
    async removeTokenModule({ moduleId }) {
      await registry.remove(moduleId)
      await tokens.stopModule(moduleId)
      return {}
    },
    listTokens: () => tokens.listTokens(),
    listTokenMechanisms: ({ tokenId }) => tokens.listMechanisms(tokenId),
    logInToToken: async ({ tokenId, role, pin = null }) => ({ token: await tokens.logIn(tokenId, role, pin) }),
    logOutOfToken: async ({ tokenId }) => ({ token: await tokens.logOut(tokenId) }),
    listTokenVaultUses: async ({ tokenId }) => ({ uses: await vaultUses.ofToken(tokenId) }),
    async initToken({ tokenId, label, soPin = null, userPin = null, confirmLoss }) {
      if (!confirmLoss) await vaultUses.requireErasable(tokenId)
      return { token: await tokens.initToken(tokenId, label, soPin, userPin) }
    },
    setTokenUserPin: async ({ tokenId, soPin = null, newPin = null }) => ({ token: await tokens.setUserPin(tokenId, soPin, newPin) }),
    changeTokenPin: async ({ tokenId, role, pin = null, newPin = null }) => ({ token: await tokens.changePin(tokenId, role, pin, newPin) }),
    async listTokenObjects(request) {
      const listed = await listTokenObjects(tokens, request)
      return { ...listed, objects: await vaultUses.marked(request.tokenId, listed.objects) }
    },
    async getTokenObject(request) {
      const shownObject = await getTokenObject(tokens, request)
      const [object = shownObject.object] = await vaultUses.marked(request.tokenId, [shownObject.object])
      return { ...shownObject, object }
    },
    async renameTokenObject(request) {
      await vaultUses.requireUnused(request.tokenId, [request.objectId])
      await vaultUses.requireFreeId(request)
      return renameTokenObject(tokens, request)
    },
    async deleteTokenObjects(request) {
      await vaultUses.requireUnused(request.tokenId, request.objectIds, request.confirmLoss ? ['other-vault'] : [])
      return deleteTokenObjects(tokens, request)
    },
    previewTokenKey: (request) => previewTokenKey(tokens, request),
    async generateTokenKey(request) {
      await vaultUses.requireFreeId(request)
      return generateTokenKey(tokens, request)
    },
  })
}

/** What the unlock screen may ask: whether a token is there that opens the vault. */
const beforeUnlock: ReadonlySet<string> = new Set<Names>(['listTokens'])

/**
 * The command line works on tokens without a vault. The window does not: behind its unlock screen nothing is done. Calls are
 * audited where there is a vault to do it in.
 */
export function guarded<H extends Partial<{ [N in string]: unknown }>>({ vault, audit, tokens }: Pick<TokenHandlerOptions, 'vault' | 'audit' | 'tokens'>, handlers: H): H {
  const wrap = ([name, handler]: [string, unknown]) => {
    const work = handler as Handler<never>
    const guardedWork = async (request: never, caller: Caller) => {
      if (caller.face === 'ipc' && !vault.isUnlocked && !beforeUnlock.has(name)) throw new KmsError('VAULT_LOCKED', 'The vault is locked. Unlock it first.')
      const note = (code: string | null) => {
        if (vault.isUnlocked && flagsOf(name as OperationName).audit === 'handler') audit.record(caller, resourceOf(request), code)
      }
      try {
        if (name !== 'initToken') await logInFirst(tokens, request)
        const answer: unknown = await work(request, caller)
        note(null)
        return answer
      } catch (error) {
        if (isKmsError(error)) note(error.code)
        throw error
      }
    }
    return [name, guardedWork] as const
  }
  return Object.fromEntries(Object.entries(handlers).map(wrap)) as H
}

/** Calls on the command line have a process each, so what needs a login may bring the PIN along. */
async function logInFirst(tokens: Tokens, { tokenId, userPin }: { tokenId?: unknown; userPin?: unknown }): Promise<void> {
  if (typeof tokenId !== 'string' || !(userPin instanceof Uint8Array)) return
  const { login } = await tokens.summary(tokenId)
  if (login !== 'user') await tokens.logIn(tokenId, 'user', userPin)
}

function resourceOf(request: { tokenId?: unknown; moduleId?: unknown; ceremonyId?: unknown }): string {
  const named = request.tokenId ?? request.moduleId ?? request.ceremonyId
  return typeof named === 'string' ? named : ''
}
