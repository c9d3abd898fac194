import type { unlock as english } from '../en/unlock'

export const unlock: typeof english = { title: '' }
