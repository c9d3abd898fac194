import { capture, hasProgram, runQuietly } from './process.mjs'
import { isRoot } from './paths.mjs'
import { SetupError, say, step } from './report.mjs'

/** Alternatives are the names of the same library in older and newer Debian and Ubuntu releases. */
const app = [
  ['libgtk-3-0', 'libgtk-3-0t64'],
  ['libnss3'],
  ['libasound2', 'libasound2t64'],
  ['libgbm1'],
  ['libxss1'],
  ['libxtst6'],
  ['libdrm2'],
  ['libnotify4'],
  ['libsecret-1-0'],
  // The token library is compiled on the machine.
  ['g++'],
  ['make'],
  ['python3'],
]
const virtualDisplay = [['xvfb'], ['xauth'], ['fonts-noto-cjk']]
const keyring = [['dbus'], ['gnome-keyring']]
/** Tokens in software, and an independent witness of what is on them. */
const tokens = [['softhsm2'], ['opensc']]
/** What rotations of secrets are tested against. */
const servers = [['postgresql'], ['mariadb-server'], ['redis-server'], ['openssh-server'], ['openssh-client']]

const packageSets = {
  app,
  tour: [...app, ...virtualDisplay, ...tokens],
  test: [...app, ...virtualDisplay, ...keyring, ...servers, ...tokens, ['strace'], ['iproute2'], ['openssl'], ['keepassxc']],
  bench: [...app, ...virtualDisplay, ...tokens, ['age'], ['keepassxc']],
}

/** What to look for where there is no dpkg: one library per package of the app's set. */
const libraries = ['gtk-3', 'nss3', 'asound', 'gbm', 'Xss', 'Xtst', 'drm', 'notify', 'secret-1'].map((name) => `lib${name}.so`)

const installedPackages = (names) => {
  const listing = capture('sh', ['-c', `dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' "$@" 2>/dev/null || true`, 'sh', ...names])
  return new Set(
    (listing ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
}

const hasCandidate = (name) => {
  const policy = capture('apt-cache', ['policy', name]) ?? ''
  return /Candidate: (?!\(none\))/.test(policy)
}

function missingAlternatives(set) {
  const installed = installedPackages(set.flat())
  return set.filter((names) => !names.some((name) => installed.has(name)))
}

const selectNames = (missing) => missing.map((names) => names.find(hasCandidate) ?? names[0])

const installArguments = (names) => ['install', '-y', '--no-install-recommends', ...names]

async function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0']
  return runQuietly('apt-get', [...options, ...args], { env })
}

async function install(missing) {
  const known = missing.every((names) => names.some(hasCandidate))
  if (known && (await apt(installArguments(selectNames(missing)))) === 0) return
  await apt(['update'])
  const names = selectNames(missing)
  if ((await apt(installArguments(names))) === 0) return
  throw new SetupError(
    `The system libraries could not be installed. Look at the message of apt-get above, then run:\n  apt-get update && apt-get ${installArguments(names).join(' ')}`,
  )
}

function checkWithoutDpkg(purpose) {
  const known = capture('ldconfig', ['-p']) ?? capture('/sbin/ldconfig', ['-p'])
  if (known === null) return say('  cannot tell which system libraries are installed; going on')
  const missing = libraries.filter((name) => !known.includes(name))
  if (purpose !== 'app' && !hasProgram('Xvfb')) missing.push('Xvfb')
  if (missing.length === 0) return undefined
  throw new SetupError(
    `These system libraries are missing: ${missing.join(', ')}. Install them with your system's package manager ` +
      `(on Debian they are: ${packageSets[purpose].map(([name]) => name).join(' ')}).`,
  )
}

/**
 * Makes sure that the system libraries for a purpose (`app`, `tour`, `test` or `bench`) are there. On Debian and
 * Ubuntu they are installed when we are root; otherwise the one command that does it is in the error.
 */
export async function ensureSystemPackages(purpose) {
  if (process.platform !== 'linux') return
  if (!hasProgram('dpkg-query') || !hasProgram('apt-get')) return checkWithoutDpkg(purpose)
  const missing = missingAlternatives(packageSets[purpose])
  if (missing.length === 0) return
  const names = selectNames(missing)
  if (!isRoot()) {
    throw new SetupError(
      `System libraries are missing. Run this, then start again:\n  sudo apt-get update && sudo apt-get ${installArguments(names).join(' ')}`,
    )
  }
  await step(`Installing system libraries: ${names.join(' ')}`, () => install(missing))
}
