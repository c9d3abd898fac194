/** Texts of settings. */
export const settings = { title: '' }
