import { pathToFileURL } from 'node:url'
import { openTargetsWith } from '../../src-main/secrets/rotation/targets/open-target'
import type { RotationTarget } from '../../src-main/secrets/rotation/targets/target'
import { openRotationVault } from './rotation-vault'

/**
 * Opens the vault in argv[2] with targets from the bundle argv[3], rotates the secret argv[4] to the version argv[5], and
 * ends itself by SIGKILL at the moment argv[6]: `login:1:before`, `apply:after`, `apply:during`, `retire:before`, `end` and so on.
 */
const [, , folder = '', bundle = '', secretName = '', versionId = '', moment = ''] = process.argv

const killAt = (now: string) => {
  if (now === moment) process.kill(process.pid, 'SIGKILL')
}

/** A target that tells when it is called. */
function watched(target: RotationTarget): RotationTarget {
  const counts = new Map<string, number>()
  const around = async <T>(name: 'login' | 'apply' | 'retire', work: () => Promise<T>): Promise<T> => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    killAt(name === 'login' ? `login:${count}:before` : `${name}:before`)
    const result = work()
    // Some milliseconds in: the connection is there, or the statement is on its way.
    if (moment === `${name}:during`) setTimeout(() => killAt(`${name}:during`), Number(process.argv[7]))
    const value = await result
    killAt(name === 'login' ? `login:${count}:after` : `${name}:after`)
    return value
  }
  return {
    keepsOld: target.keepsOld,
    isOpaque: target.isOpaque,
    login: (credential) => around('login', () => target.login(credential)),
    apply: (change) => around('apply', () => target.apply(change)),
    retire: (actor, credential) => around('retire', () => target.retire(actor, credential)),
    close: () => target.close(),
  }
}

const open = openTargetsWith(pathToFileURL(bundle))
const vault = await openRotationVault(folder, { openTarget: (config, name) => watched(open(config, name)) }, false)
await vault.rotate(secretName, versionId)
killAt('end')
