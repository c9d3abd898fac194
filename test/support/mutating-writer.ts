import { randomInt } from 'node:crypto'
import { writeSync } from 'node:fs'
import { cheapPassphrase, openCheapVault } from './cheap-vault'
import { parsed } from './keystore-fixture'
import type { Mutation } from './vault-model'

/**
 * Opens the vault of argv[2] and changes it as fast as it can until it is killed. Says on standard output what it is
 * about to do and, after the service has answered, that it is done.
 */
const [, , folder = ''] = process.argv
const { vault, keystore } = openCheapVault(folder)
const caller = (operation: string) => ({ face: 'cli' as const, client: 'writer', operation })
const say = (line: object) => void writeSync(1, `${JSON.stringify(line)}\n`)

await vault.unlockWithPassphrase(caller('unlockVault'), cheapPassphrase())
const { rows } = await keystore.run('searchKeys', caller('searchKeys'), parsed('searchKeys', { count: 500 }))
const keyIds = rows.map(({ keyId }) => keyId)
say({ ready: true })

for (let step = 0; ; step += 1) await carryOut(nextMutation(step))

function nextMutation(step: number): Mutation {
  const keyId = keyIds[randomInt(Math.max(1, keyIds.length))]
  const stamp = `${process.pid}-${step}`
  if (keyId === undefined || randomInt(3) === 0) return { kind: 'create', description: `created ${stamp}` }
  if (randomInt(2) === 0) return { kind: 'describe', keyId, description: `changed ${stamp}` }
  return { kind: 'alias', keyId, aliasName: `alias/a-${stamp}` }
}

async function carryOut(mutation: Mutation): Promise<void> {
  say({ begin: mutation })
  let created: string | undefined
  if (mutation.kind === 'create') {
    const { keyMetadata } = await keystore.run('createKey', caller('createKey'), parsed('createKey', { description: mutation.description }))
    created = keyMetadata.keyId
    keyIds.push(created)
  } else if (mutation.kind === 'describe') {
    await keystore.run('updateKeyDescription', caller('updateKeyDescription'), mutation)
  } else {
    await keystore.run('createAlias', caller('createAlias'), mutation)
  }
  say({ done: true, created })
}
