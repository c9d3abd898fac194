import { createInterface } from 'node:readline'
import { KeytarKeyring } from '../../src-main/platform/keytar-keyring'
import { isKmsError } from '../../src-shared/errors'

/** Answers commands from standard input, one JSON array a line ("get", account), with one JSON line each. */
const keyring = new KeytarKeyring('keystead-test', 5000)

const commands: Record<string, (account: string, value: string) => Promise<unknown>> = {
  probe: () => keyring.probe(),
  get: (account) => keyring.get(account),
  set: async (account, value) => (await keyring.set(account, value)) ?? null,
  remove: (account) => keyring.remove(account),
}

for await (const line of createInterface({ input: process.stdin })) {
  const [name = '', account = '', value = ''] = JSON.parse(line) as string[]
  const answer = await commands[name]?.(account, value).then(
    (result) => ({ result }),
    (error: unknown) => ({ code: isKmsError(error) ? error.code : String(error) }),
  )
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
process.exit(0)
