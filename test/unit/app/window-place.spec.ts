import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readPlace, writePlace } from '../../../src-main/app/window-place'
import { useTemporaryFolder } from '../../support/temporary-folder'

const inFolder = useTemporaryFolder()
const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }]
const byDefault = { bounds: { width: 1200, height: 760 }, isMaximized: false }

test('the place comes back', async () => {
  await writePlace(inFolder('window.json'), { x: 100, y: 50, width: 1000, height: 700 }, true)
  expect(readPlace(inFolder('window.json'), screens)).toEqual({ bounds: { x: 100, y: 50, width: 1000, height: 700 }, isMaximized: true })
  expect(JSON.parse(readFileSync(inFolder('window.json'), 'utf8'))).toMatchObject({ x: 100 })
})

test('a place on a screen that has gone keeps its size only', async () => {
  await writePlace(inFolder('window.json'), { x: 3000, y: 50, width: 1000, height: 700 }, false)
  expect(readPlace(inFolder('window.json'), screens)).toEqual({ bounds: { width: 1000, height: 700 }, isMaximized: false })
})

test('never smaller than what the pages need', async () => {
  await writePlace(inFolder('window.json'), { x: 0, y: 0, width: 10, height: 10 }, false)
  expect(readPlace(inFolder('window.json'), screens).bounds).toMatchObject({ width: 900, height: 600 })
})

test.each(['', '{', 'null', '[]', '{"x":"1"}', '{"x":1e99,"y":0,"width":1000,"height":700}'])('%j means the default', (content) => {
  writeFileSync(inFolder('window.json'), content)
  expect(readPlace(inFolder('window.json'), screens)).toEqual(byDefault)
})

test('no file means the default', () => {
  expect(readPlace(inFolder('none.json'), screens)).toEqual(byDefault)
})
