import type { CliSession } from '../session'
import type { TokenBasicCommand } from './token-arguments'
import { runModuleAccept, runModuleAdd, runModuleRemove, runTokenDelete, runTokenGenerate, runTokenInit, runTokenPin, runTokenRename } from './token-changes'
import type { TokenKeyCommand } from './token-key-arguments'
import { runModuleExamine, runTokenCopy, runTokenExport, runTokenImport, runTokenUnwrap, runTokenWrap } from './token-keys'
import { runModuleFind, runModuleList, runTokenInfo, runTokenList, runTokenMechanisms, runTokenObjects, runTokenShow, runTokenUri } from './token-lists'
import { runTokenCertificate, runTokenCsr, runTokenDecrypt, runTokenDigest, runTokenEncrypt, runTokenRandom, runTokenSign, runTokenSshKey, runTokenVerify } from './token-use'

/** Carries out one of the commands below `token`. None of them needs the vault. */
export async function runToken(session: CliSession, command: TokenBasicCommand | TokenKeyCommand): Promise<void> {
  switch (command.action) {
    case 'list':
      return runTokenList(session, command)
    case 'info':
      return runTokenInfo(session, command)
    case 'mechanisms':
      return runTokenMechanisms(session, command)
    case 'init':
      return runTokenInit(session, command)
    case 'pin':
      return runTokenPin(session, command)
    case 'objects':
      return runTokenObjects(session, command)
    case 'show':
      return runTokenShow(session, command)
    case 'uri':
      return runTokenUri(session, command)
    case 'generate':
      return runTokenGenerate(session, command)
    case 'rename':
      return runTokenRename(session, command)
    case 'delete':
      return runTokenDelete(session, command)
    case 'module list':
      return runModuleList(session, command)
    case 'module find':
      return runModuleFind(session, command)
    case 'module add':
      return runModuleAdd(session, command)
    case 'module accept':
      return runModuleAccept(session, command)
    case 'module remove':
      return runModuleRemove(session, command)
    case 'import':
      return runTokenImport(session, command)
    case 'export':
      return runTokenExport(session, command)
    case 'wrap':
      return runTokenWrap(session, command)
    case 'unwrap':
      return runTokenUnwrap(session, command)
    case 'copy':
      return runTokenCopy(session, command)
    case 'sign':
      return runTokenSign(session, command)
    case 'verify':
      return runTokenVerify(session, command)
    case 'encrypt':
      return runTokenEncrypt(session, command)
    case 'decrypt':
      return runTokenDecrypt(session, command)
    case 'random':
      return runTokenRandom(session, command)
    case 'digest':
      return runTokenDigest(session, command)
    case 'csr':
      return runTokenCsr(session, command)
    case 'certificate':
      return runTokenCertificate(session, command)
    case 'ssh-key':
      return runTokenSshKey(session, command)
    case 'module examine':
      return runModuleExamine(session, command)
  }
}
