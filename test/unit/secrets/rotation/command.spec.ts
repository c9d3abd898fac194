import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { concatBytes, utf8 } from '../../../../src-main/crypto/bytes'
import { randomBytesOf } from '../../../../src-main/crypto/random'
import { encodeCommandInput } from '../../../../src-main/secrets/rotation/targets/command-input'
import { CommandTarget } from '../../../../src-main/secrets/rotation/targets/command'
import { maskedReason } from '../../../../src-main/secrets/rotation/targets/masked-reason'
import { OutputHead } from '../../../../src-main/secrets/rotation/targets/output-head'
import { checkProgram } from '../../../../src-main/secrets/rotation/targets/program-checks'
import { copiesOf, turned } from '../../../support/process-memory'
import { bytesOf, textOf } from '../../../support/secrets-fixture'
import { failureOf, passwordOf } from '../../../support/target-fixture'
import { useTemporaryFolder } from '../../../support/temporary-folder'

const old = passwordOf('app', '{"username":"app","password":"Old-Password-1"}')
const next = passwordOf('app', '{"username":"app","password":"New-Password-2"}')
/** Memory that was freed comes back at once from Electron's allocator, where the product runs; plain Node's gives no such order. */
const isElectron = 'electron' in process.versions

describe('a program that rotates', () => {
  const path = useTemporaryFolder()
  const script = (...lines: string[]) => {
    writeFileSync(path('program'), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 })
    return path('program')
  }
  const target = (program: string, more: Partial<ConstructorParameters<typeof CommandTarget>[0]> = {}) => new CommandTarget({ program, args: [], timeoutSeconds: 20, secretName: 'a/secret', ...more })

  it('reads step, account and values from standard input, and nothing from anywhere else', async () => {
    const program = script(`cat > '${path('input')}'`, `tr '\\0' '\\n' < /proc/$$/cmdline > '${path('argv')}'`, `env | sort > '${path('env')}'`, `pwd > '${path('cwd')}'`, 'echo said; echo said >&2')
    await target(program, { args: ['--flag', 'a b', '$(id)'] }).apply({ admin: null, from: old, to: next, isRollback: false })
    expect(JSON.parse(readFileSync(path('input'), 'utf8'))).toEqual({
      step: 'apply',
      secretName: 'a/secret',
      account: 'app',
      oldValue: { username: 'app', password: 'Old-Password-1' },
      newValue: { username: 'app', password: 'New-Password-2' },
    })
    expect(readFileSync(path('argv'), 'utf8').split('\n').slice(-4)).toEqual(['--flag', 'a b', '$(id)', ''])
    expect(readFileSync(path('env'), 'utf8').split('\n').map((line) => line.split('=')[0]).filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD', ''].includes(name ?? ''))).toEqual(['HOME', 'LANG', 'PATH'])
    expect(readFileSync(path('cwd'), 'utf8')).toBe('/\n')
  })

  it('is asked to test a value, and to put the old one back', async () => {
    const program = script(`cat >> '${path('input')}'`)
    expect(await target(program).login(next)).toEqual({ isAccepted: true, reason: null, hostKey: null })
    await target(program).apply({ admin: null, from: next, to: old, isRollback: true })
    const [test, rollback] = readFileSync(path('input'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(test).toMatchObject({ step: 'test', newValue: { password: 'New-Password-2' } })
    expect(rollback).toMatchObject({ step: 'rollback', oldValue: { password: 'Old-Password-1' }, newValue: { password: 'New-Password-2' } })
  })

  it('fails with its exit code and what it said, but never a value', async () => {
    const change = { admin: null, from: old, to: next, isRollback: false }
    expect(await failureOf(target(script('echo "no such host" >&2; exit 3')).apply(change))).toEqual({ code: 'ROTATION_APPLY_FAILED', reason: 'The program ended with the exit code 3: no such host' })
    expect(await failureOf(target(script('cat >&2; exit 4')).apply(change))).toEqual({ code: 'ROTATION_APPLY_FAILED', reason: 'The program ended with the exit code 4.' })
    expect(await target(script('exit 5')).login(next)).toEqual({ isAccepted: false, reason: 'The program ended with the exit code 5.', hostKey: null })
    expect(await failureOf(target(script('kill -KILL $$')).apply(change))).toMatchObject({ code: 'ROTATION_APPLY_FAILED', reason: 'The program was ended by SIGKILL.' })
  })

  if (isElectron) {
    it('may say a value on standard output, of which no copy comes here', async () => {
      const password = randomBytesOf(24)
      for (const [at, byte] of password.entries()) password[at] = 0x61 + (byte % 26)
      const needle = turned(password)
      const value = { account: 'app', secret: concatBytes(utf8('{"username":"app","password":"'), password, utf8('"}')), publicKey: null }
      expect(await failureOf(target(script('cat; exit 4')).apply({ admin: null, from: value, to: value, isRollback: false }))).toMatchObject({ reason: expect.stringContaining('the exit code 4') as string })
      password.fill(0)
      value.secret.fill(0)
      expect(copiesOf(needle)).toBe(1)
    })
  }

  it('is ended with all that it started when it takes too long', async () => {
    const program = script(`(sleep 600; touch '${path('late')}') & echo $! > '${path('pid')}'; wait`)
    expect(await failureOf(target(program, { timeoutSeconds: 1 }).apply({ admin: null, from: old, to: next, isRollback: false }))).toEqual({ code: 'ROTATION_APPLY_FAILED', reason: 'The program did not end within 1 s.' })
    // It is gone when whoever inherited it has noticed its end.
    await expect.poll(() => isRunning(Number(readFileSync(path('pid'), 'utf8')))).toBe(false)
  })

  it('is ended by close()', async () => {
    const program = script(`echo $$ > '${path('pid')}'; cat > /dev/null; sleep 600`)
    const hanging = target(program)
    const failure = failureOf(hanging.apply({ admin: null, from: old, to: next, isRollback: false }))
    while (!existsSync(path('pid'))) await new Promise((resolve) => setImmediate(resolve))
    await hanging.close()
    expect(await failure).toMatchObject({ code: 'ROTATION_APPLY_FAILED', reason: 'The program was ended by SIGKILL.' })
  })

  it('is not waited for when something that it left keeps its output', async () => {
    const program = script('sleep 600 & echo $! > ' + `'${path('pid')}'`, 'exit 0')
    await target(program).apply({ admin: null, from: old, to: next, isRollback: false })
    process.kill(Number(readFileSync(path('pid'), 'utf8')), 'SIGKILL')
  })

  it('may leave its input unread', async () => {
    const large = passwordOf('app', `"${'x'.repeat(30_000)}"`)
    await target(script('exit 0')).apply({ admin: null, from: large, to: large, isRollback: false })
  })

  it('is not run when others could have changed it', async () => {
    const program = script('exit 0')
    expect(await checkProgram(program)).toEqual({ path: program, problem: null })
    symlinkSync(program, path('link'))
    expect(await checkProgram(path('link'))).toEqual({ path: program, problem: null })
    for (const [mode, problem] of [
      [0o775, 'must be writable by its owner only: you, or the administrator of the system'],
      [0o757, 'must be writable by its owner only: you, or the administrator of the system'],
      [0o644, 'must be a program that can be executed'],
    ] as const) {
      chmodSync(program, mode)
      expect(await checkProgram(program)).toEqual({ path: null, problem })
      expect(await failureOf(target(program).apply({ admin: null, from: old, to: next, isRollback: false }))).toEqual({ code: 'ROTATION_TARGET_UNREACHABLE', reason: `The program ${problem}.` })
    }
    expect(await checkProgram('program')).toMatchObject({ problem: 'must be an absolute path' })
    expect(await checkProgram(path('nowhere'))).toMatchObject({ problem: 'must be there' })
    expect(await checkProgram(path())).toMatchObject({ problem: 'must be a regular file' })
    mkdirSync(path('open'))
    writeFileSync(path('open', 'program'), '#!/bin/sh\n', { mode: 0o755 })
    chmodSync(path('open'), 0o777)
    expect(await checkProgram(path('open', 'program'))).toMatchObject({ problem: 'must not be in a folder that others can write' })
    chmodSync(path('open'), 0o1777)
    expect(await checkProgram(path('open', 'program'))).toMatchObject({ problem: null })
  })
})

describe('what a program is told', () => {
  it.each([
    ['a plain text', 'p"w\\\n ä', '"p\\"w\\\\\\n ä"'],
    ['a set of fields', '{"a": "b\\u00e4"}', '{"a":"bä"}'],
    ['a document', '{"a":{"b":1}}', JSON.stringify('{"a":{"b":1}}')],
    ['nothing', '', '""'],
  ])('is JSON on one line for %s', (_, value, json) => {
    const line = textOf(encodeCommandInput({ step: 'apply', secretName: 'x', account: 'o"k', oldValue: bytesOf(value), newValue: bytesOf(value) }))
    expect(line).toBe(`{"step":"apply","secretName":"x","account":"o\\"k","oldValue":${json},"newValue":${json}}\n`)
    expect(JSON.parse(line)).toMatchObject({ step: 'apply' })
  })
})

describe('what a program said', () => {
  const value = bytesOf('Tr0ub4dor&3')
  it.each([
    ['connection refused\nsecond line', 'connection refused'],
    ['\n\n  spaces first', 'spaces first'],
    ['tab\tand \u0007 bell', 'tab?and ? bell'],
    ['token 0123456789abcdef0123 end', 'token *** end'],
    [`hash ${'x'.repeat(200)}`, 'hash ***'],
    ['ends with space \t', 'ends with space'],
    ['', null],
    [' \n\t', null],
    ['the password Tr0ub4dor&3 is bad', null],
    ['BAD TR0UB', null],
    ['part ub4d here', null],
    [`base64 ${Buffer.from(value).toString('base64').slice(3, 9)}`, null],
    [`hex ${Buffer.from(value).toString('hex').slice(2, 8)}`, null],
  ])('%j is shown as %j', (said, shown) => {
    expect(maskedReason(bytesOf(said), [value])).toBe(shown)
  })

  it('is not shown when a value is a single letter of it', () => {
    expect(maskedReason(bytesOf('an error'), [bytesOf('e')])).toBeNull()
    expect(maskedReason(bytesOf('an error'), [bytesOf('')])).toBe('an error')
  })

  it('is not shown when a value is in it that has other letters than those of English', () => {
    expect(maskedReason(bytesOf('bad: äbcäbc'), [bytesOf('äbcäbc')])).toBeNull()
  })
})

describe('the first bytes of an output', () => {
  it('are kept; all that was taken is zeroed, and in the end they are too', () => {
    const head = new OutputHead(5)
    const pieces = ['abc', 'defg', 'hij'].map(bytesOf)
    for (const piece of pieces) head.take(piece)
    expect(textOf(head.bytes)).toBe('abcde')
    expect(pieces.flatMap((piece) => [...piece])).toEqual(Array<number>(10).fill(0))
    const memory = head.bytes
    head.destroy()
    head.take(bytesOf('late'))
    expect([...memory]).toEqual([0, 0, 0, 0, 0])
  })
})

/** A process that has ended and was not waited for counts as ended. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
