import type { CliSession } from '../session'
import type { TokenBasicCommand as TokenCommand } from './token-arguments'
import { runModuleAccept, runModuleAdd, runModuleRemove, runTokenDelete, runTokenGenerate, runTokenInit, runTokenPin, runTokenRename } from './token-changes'
import { runModuleFind, runModuleList, runTokenInfo, runTokenList, runTokenMechanisms, runTokenObjects, runTokenShow, runTokenUri } from './token-lists'

/** Carries out one of the commands below `token`. None of them needs the vault. */
export async function runToken(session: CliSession, command: TokenCommand): Promise<void> {
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
  }
}
