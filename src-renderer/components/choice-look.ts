/** How radio groups of cards look. */
export const choiceLook = { legend: 'text-sm font-medium text-default mb-1', fieldset: 'gap-2', item: 'p-3', description: 'text-xs text-pretty text-default' } as const
