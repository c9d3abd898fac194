import { capture } from './process.mjs'

const NAME = 'keystead-test'
const NOBODY = 65534

const lookUp = (name) => {
  const line = capture('getent', ['passwd', name])
  if (!line) return null
  const [, , uid, gid] = line.split(':')
  return { name, uid: Number(uid), gid: Number(gid) }
}

/** The ordinary user that tests run as when we are root; made on first use, `nobody` where none can be made. */
export function findOrMakeTestUser() {
  const existing = lookUp(NAME)
  if (existing) return existing
  capture('useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', NAME])
  return lookUp(NAME) ?? lookUp('nobody') ?? { name: 'nobody', uid: NOBODY, gid: NOBODY }
}

/** The arguments that make `setpriv` run what follows as that user, without any of root's rights. */
export const privilegesOf = ({ uid, gid }) => [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--inh-caps=-all']
