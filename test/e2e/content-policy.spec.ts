import { describe, expect, it } from 'vitest'
import { useApps } from './support/use-apps'

const apps = useApps()

/** Attempts of a page, each with the directive that must stop it. */
const contentProbes = {
  'inline script': ['script-src-elem', () => {
    const script = document.createElement('script')
    script.textContent = 'window.probeRan = true'
    document.head.append(script)
  }],
  'script from elsewhere': ['script-src-elem', () => {
    const script = document.createElement('script')
    script.src = 'http://127.0.0.1:9/probe.js'
    document.head.append(script)
  }],
  'data: script': ['script-src-elem', () => {
    const script = document.createElement('script')
    script.src = 'data:text/javascript,window.probeRan=true'
    document.head.append(script)
  }],
  'inline handler': ['script-src-attr', () => {
    const button = document.createElement('button')
    button.setAttribute('onclick', 'window.probeRan = true')
    button.click()
  }],
  frame: ['frame-src', () => {
    const frame = document.createElement('iframe')
    frame.src = 'http://127.0.0.1:9/'
    document.body.append(frame)
  }],
  'own frame': ['frame-src', () => {
    const frame = document.createElement('iframe')
    frame.src = 'app://keystead/'
    document.body.append(frame)
  }],
  image: ['img-src', () => {
    new Image().src = 'http://127.0.0.1:9/probe.png'
  }],
  fetch: ['connect-src', () => void fetch('http://127.0.0.1:9/').catch(() => undefined)],
  'fetch of our own page': ['connect-src', () => void fetch('app://keystead/index.html').catch(() => undefined)],
  XMLHttpRequest: ['connect-src', () => {
    const request = new XMLHttpRequest()
    request.open('GET', 'http://127.0.0.1:9/')
    try {
      request.send()
    } catch {
      return
    }
  }],
  WebSocket: ['connect-src', () => {
    try {
      Reflect.construct(WebSocket, ['ws://127.0.0.1:9/'])
    } catch {
      return
    }
  }],
  beacon: ['connect-src', () => void navigator.sendBeacon('http://127.0.0.1:9/', 'x')],
  form: ['form-action', () => {
    const form = document.createElement('form')
    form.action = 'http://127.0.0.1:9/'
    document.body.append(form)
    form.submit()
  }],
  base: ['base-uri', () => {
    const base = document.createElement('base')
    base.href = 'http://127.0.0.1:9/'
    document.head.append(base)
  }],
  object: ['object-src', () => {
    const object = document.createElement('object')
    object.data = 'http://127.0.0.1:9/'
    document.body.append(object)
  }],
  worker: ['worker-src', () => {
    try {
      Reflect.construct(Worker, ['app://keystead/assets/worker.js'])
    } catch {
      return
    }
  }],
  media: ['media-src', () => {
    const audio = document.createElement('audio')
    audio.src = 'http://127.0.0.1:9/a.mp3'
    document.body.append(audio)
  }],
  font: ['font-src', () => {
    const face = new FontFace('probe', 'url(http://127.0.0.1:9/a.woff2)')
    void face.load().catch(() => undefined)
  }],
  'style sheet': ['style-src-elem', () => {
    const link = document.createElement('link')
    link.rel = 'stylesheet'
    link.href = 'http://127.0.0.1:9/a.css'
    document.head.append(link)
  }],
} as const satisfies Record<string, readonly [string, () => void]>

describe('content security policy', () => {
  it('stops each attempt to run or load something foreign, and reports it', async () => {
    const app = await apps.start()
    const { page } = app
    for (const [name, [directive, probe]] of Object.entries(contentProbes)) {
      await page.evaluate(() => void globalThis.keysteadViolations?.splice(0))
      await page.evaluate(probe)
      await expect.poll(() => page.evaluate(() => (globalThis.keysteadViolations ?? []).join()), { message: name }).toContain(directive)
    }
    expect(await page.evaluate(() => 'probeRan' in window)).toBe(false)
    expect((await app.problems()).leavingRequests).toEqual([])
    expect(page.url()).toBe('app://keystead/')
    await app.forgetProblems()
  })

  it('does not compile text', async () => {
    const app = await apps.start()
    // Scripts of the debugger are exempt; a script of the page is not, so the page itself makes the attempt.
    const refused = await app.page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const attempts: Record<string, () => unknown> = {
            eval: () => Reflect.apply(Reflect.get(globalThis, 'eval') as () => unknown, undefined, ['1 + 1']),
            Function: () => Reflect.construct(Function, ['return 1'])(),
          }
          setTimeout(() => {
            const names = Object.entries(attempts).flatMap(([name, attempt]) => {
              try {
                attempt()
                return []
              } catch (error) {
                return [`${name}: ${(error as Error).name}`]
              }
            })
            resolve(names)
          }, 0)
        }),
    )
    expect(refused).toEqual(['eval: EvalError', 'Function: EvalError'])
    expect((await app.problems()).violations.join()).toContain('script-src')
    await app.forgetProblems()
  })
})
