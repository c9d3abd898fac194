/** Texts of unlock. */
export const unlock = { title: '' }
