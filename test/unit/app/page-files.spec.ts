import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { contentSecurityPolicy } from '../../../src-main/app/content-security-policy'
import { isAllowedRequest } from '../../../src-main/app/navigation-guard'
import { listPageFiles, resolvePageFile, type PageFiles } from '../../../src-main/app/page-files'
import { useTemporaryFolder } from '../../support/temporary-folder'

const inFolder = useTemporaryFolder()
let files: PageFiles

beforeEach(async () => {
  mkdirSync(inFolder('renderer', 'assets'), { recursive: true })
  writeFileSync(inFolder('renderer', 'index.html'), '<!doctype html>')
  writeFileSync(inFolder('renderer', 'assets', 'index-1a2b.js'), '')
  writeFileSync(inFolder('renderer', 'assets', 'notes.exe'), '')
  writeFileSync(inFolder('package.json'), '{}')
  symlinkSync(inFolder('package.json'), inFolder('renderer', 'link.json'))
  files = await listPageFiles(inFolder('renderer'))
})

describe('pages', () => {
  test('only regular files of known types are listed', () => {
    expect([...files.keys()].toSorted()).toEqual(['/assets/index-1a2b.js', '/index.html'])
  })

  test.each([
    ['app://keystead/', 'index.html', 'text/html; charset=utf-8'],
    ['app://keystead/index.html', 'index.html', 'text/html; charset=utf-8'],
    ['app://keystead/assets/index-1a2b.js', 'assets/index-1a2b.js', 'text/javascript; charset=utf-8'],
    ['app://keystead/assets/index-1a2b.js?x#y', 'assets/index-1a2b.js', 'text/javascript; charset=utf-8'],
  ])('%s is served', (url, path, contentType) => {
    expect(resolvePageFile(files, 'GET', url)).toEqual({ path: inFolder('renderer', ...path.split('/')), contentType })
  })

  test.each([
    'app://keystead/../package.json',
    'app://keystead/../../package.json',
    'app://keystead/%2e%2e/package.json',
    'app://keystead/assets/%2e%2e/%2e%2e/package.json',
    'app://keystead/..%2fpackage.json',
    'app://keystead/..\\package.json',
    'app://keystead//etc/passwd',
    'app://keystead/etc/passwd',
    'app://keystead/link.json',
    'app://keystead/assets',
    'app://keystead/assets/',
    'app://keystead/assets/notes.exe',
    'app://keystead/assets/index%2D1a2b.js',
    'app://keystead/INDEX.HTML',
    'app://other/index.html',
    'app://keystead:80/index.html',
    'app://user@keystead/index.html',
    'app://keystead.evil/index.html',
    'https://keystead/index.html',
    'file:///index.html',
    'not a url',
    '',
  ])('%j is not', (url) => {
    expect(resolvePageFile(files, 'GET', url)).toBeNull()
  })

  test.each(['POST', 'PUT', 'HEAD', 'get'])('nothing is served for %s', (method) => {
    expect(resolvePageFile(files, method, 'app://keystead/')).toBeNull()
  })
})

test('the policy closes everything and has no unsafe script', () => {
  const directives = new Map(contentSecurityPolicy.split('; ').map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1).join(' ')]))
  expect(directives.get('default-src')).toBe("'none'")
  expect(directives.get('script-src')).toBe("'self'")
  expect(directives.get('style-src')).toBe("'self' 'unsafe-inline'")
  expect(directives.get('img-src')).toBe("'self' data:")
  expect(directives.get('font-src')).toBe("'self'")
  for (const name of ['connect-src', 'worker-src', 'frame-src', 'object-src', 'base-uri', 'form-action', 'frame-ancestors']) {
    expect(directives.get(name)).toBe("'none'")
  }
})

test.each([
  ['app://keystead/index.html', true],
  ['devtools://devtools/bundled/x.js', true],
  ['http://127.0.0.1/', false],
  ['https://example.org/', false],
  ['ws://localhost/', false],
  ['file:///etc/passwd', false],
  ['ftp://x/', false],
  ['blob:app://keystead/1', false],
  ['appx://keystead/', false],
  ['', false],
])('a request for %j may be made: %s', (url, isAllowed) => {
  expect(isAllowedRequest(url)).toBe(isAllowed)
})
