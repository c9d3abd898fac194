import { expect, test } from 'vitest'
import { externalLinkOpener, externalLinks, isExternalLink } from '../../../src-main/app/external-links'

test.each(externalLinks)('%s is plain https', (link) => {
  const { protocol, username, password, port, href } = new URL(link)
  expect({ protocol, username, password, port, href }).toEqual({ protocol: 'https:', username: '', password: '', port: '', href: link })
  expect(isExternalLink(link)).toBe(true)
})

const [known] = externalLinks

test.each([
  'file:///etc/passwd',
  'smb://server/share',
  'javascript:alert(1)',
  'data:text/html,x',
  'http://www.rfc-editor.org/rfc/rfc9106',
  'https://www.rfc-editor.org@evil.example/rfc/rfc9106',
  'https://www.rfc-editor.org/rfc/rfc9106?to=evil',
  'https://www.rfc-editor.org/rfc/rfc9106#x',
  'https://www.rfc-editor.org/rfc/../rfc/rfc9106',
  'https://www.rfc-editor.org.evil.example/rfc/rfc9106',
  'https://www.rfc-editor.org/rfc/rfc9106 ',
  'https://www.rfc‑editor.org/rfc/rfc9106',
  'HTTPS://www.rfc-editor.org/rfc/rfc9106',
  ` ${known}`,
  '',
])('%j is not opened', (url) => {
  const opened: string[] = []
  externalLinkOpener(async (address) => void opened.push(address))(url)
  expect(opened).toEqual([])
})

test('a link of the list is opened as it is; a failure stays quiet', () => {
  const opened: string[] = []
  const open = externalLinkOpener((address) => {
    opened.push(address)
    return Promise.reject(new Error('no browser'))
  })
  open(known)
  expect(opened).toEqual([known])
})
