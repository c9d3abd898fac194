import { afterAll } from 'vitest'
import { startVirtualDisplay } from '../../../scripts/lib/virtual-display.mjs'

/** A display for each file, so that files at the same time do not take the focus and the clipboard from each other. */
const display = await startVirtualDisplay()
process.env['DISPLAY'] = display.name
delete process.env['WAYLAND_DISPLAY']
delete process.env['XAUTHORITY']
afterAll(() => display.stop())
