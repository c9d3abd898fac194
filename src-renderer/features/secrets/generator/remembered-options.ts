import { ref } from 'vue'
import { defaultOptions } from './generator-options'

/** What the generator was asked for last, wherever it was open: while the window lives, and nothing of what it made. */
export const rememberedOptions = ref(defaultOptions())
