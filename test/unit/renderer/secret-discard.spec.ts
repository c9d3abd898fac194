import { createPinia, setActivePinia, type Pinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRenderer, defineComponent, h, nextTick, ref, type App } from 'vue'
import { createMemoryHistory, createRouter, RouterView, type Router } from 'vue-router'
import { useDiscard } from '../../../src-renderer/features/secrets/edit/use-discard'
import { useVaultStore } from '../../../src-renderer/stores/vault'
import { lockedStatus } from '../../support/fake-bridge'

/** Components are mounted for their guards; there is nothing to draw on. */
const drawn = () => ({ getRootNode: () => null })
const { createApp } = createRenderer<object, object>({
  createElement: drawn, createText: drawn, createComment: drawn, insert: () => undefined, remove: () => undefined, patchProp: () => undefined,
  setText: () => undefined, setElementText: () => undefined, parentNode: () => null, nextSibling: () => null,
})

const isOpen = ref(true)
const isDirty = ref(true)
const isBusy = ref(false)
let discard: ReturnType<typeof useDiscard>
let app: App
let pinia: Pinia
let router: Router

beforeEach(async () => {
  isOpen.value = true
  isDirty.value = true
  isBusy.value = false
  pinia = createPinia()
  setActivePinia(pinia)
  useVaultStore().accept({ ...lockedStatus, state: 'unlocked' })
  const Page = defineComponent(() => {
    discard = useDiscard(isOpen, () => isDirty.value, () => isBusy.value)
    return () => null
  })
  const Other = defineComponent(() => () => null)
  router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/secrets/:name', component: Page },
      { path: '/settings', component: Other },
      { path: '/unlock', component: Other },
    ],
  })
  app = createApp({ render: () => h(RouterView) })
  app.use(router).use(pinia)
  await router.push('/secrets/one')
  app.mount(drawn())
  await nextTick()
})
afterEach(() => app.unmount())

const place = () => router.currentRoute.value.fullPath
/** Goes there, as far as the question. */
async function goAsFarAsAsked(path: string): Promise<{ gone: Promise<unknown> }> {
  const gone = router.push(path)
  await vi.waitFor(() => expect(discard.isAsking.value).toBe(true))
  return { gone }
}

describe('closing a panel', () => {
  it('asks while something would be lost, and stays open until the user agrees', async () => {
    const first = discard.close()
    expect([discard.isAsking.value, isOpen.value]).toEqual([true, true])
    discard.answer(false)
    await first
    expect([discard.isAsking.value, isOpen.value]).toEqual([false, true])
    const second = discard.close()
    discard.answer(true)
    await second
    expect([discard.isAsking.value, isOpen.value]).toEqual([false, false])
  })

  it('asks nothing when nothing would be lost, and waits while it saves', async () => {
    isDirty.value = false
    isBusy.value = true
    await discard.close()
    expect([discard.isAsking.value, isOpen.value]).toEqual([false, true])
    isBusy.value = false
    await discard.close()
    expect([discard.isAsking.value, isOpen.value]).toEqual([false, false])
  })
})

describe('leaving the page of an open panel', () => {
  it.each(['/settings', '/secrets/two', '/secrets/one?tab=versions'])('to %s asks, stays or goes as the user says', async (path) => {
    const first = await goAsFarAsAsked(path)
    discard.answer(false)
    await first.gone
    expect([discard.isAsking.value, place(), isOpen.value]).toEqual([false, '/secrets/one', true])
    const second = await goAsFarAsAsked(path)
    discard.answer(true)
    await second.gone
    expect([place(), isOpen.value]).toEqual([path, false])
  })

  it('asks nothing for an address that is only cleaned, or when nothing would be lost', async () => {
    await router.push('/secrets/one?create=1')
    expect([discard.isAsking.value, isOpen.value]).toEqual([false, true])
    isDirty.value = false
    await router.push('/secrets/two')
    expect([discard.isAsking.value, isOpen.value, place()]).toEqual([false, false, '/secrets/two'])
  })

  it('never holds up the lock of the vault by a question that is open', async () => {
    const { gone } = await goAsFarAsAsked('/settings')
    useVaultStore().accept(lockedStatus)
    await router.replace('/unlock')
    await gone
    expect([place(), discard.isAsking.value]).toEqual(['/unlock', false])
  })
})
