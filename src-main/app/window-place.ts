import { readFileSync } from 'node:fs'
import type { Rectangle } from 'electron'
import { writeFileAtomic } from '../platform/atomic-file'

export const minimumSize = { width: 900, height: 600 } as const
const defaultSize = { width: 1200, height: 760 } as const

/** Where the window was, or its default size with the place left to the system. */
export interface WindowPlace {
  bounds: Partial<Rectangle> & { width: number; height: number }
  isMaximized: boolean
}

/** The remembered place when at least a corner of it is on one of the screens; never throws. */
export function readPlace(file: string, screens: readonly Rectangle[]): WindowPlace {
  try {
    return placeOf(JSON.parse(readFileSync(file, 'utf8')), screens)
  } catch {
    return { bounds: defaultSize, isMaximized: false }
  }
}

function placeOf(stored: unknown, screens: readonly Rectangle[]): WindowPlace {
  const { x, y, width, height, isMaximized } = stored as Record<string, unknown>
  const isWhole = [x, y, width, height].every((value) => Number.isSafeInteger(value))
  if (!isWhole) return { bounds: defaultSize, isMaximized: false }
  const place = { x: Number(x), y: Number(y), width: Math.max(Number(width), minimumSize.width), height: Math.max(Number(height), minimumSize.height) }
  const bounds = screens.some((screen) => overlaps(place, screen)) ? place : { width: place.width, height: place.height }
  return { bounds, isMaximized: isMaximized === true }
}

function overlaps(place: Rectangle, screen: Rectangle): boolean {
  const margin = 64
  const across = Math.min(place.x + place.width, screen.x + screen.width) - Math.max(place.x, screen.x)
  const down = Math.min(place.y + place.height, screen.y + screen.height) - Math.max(place.y, screen.y)
  return across >= margin && down >= margin
}

/** Remembers the place. Rejects when the disk refuses. */
export function writePlace(file: string, bounds: Rectangle, isMaximized: boolean): Promise<void> {
  return writeFileAtomic(file, new TextEncoder().encode(`${JSON.stringify({ ...bounds, isMaximized })}\n`))
}
