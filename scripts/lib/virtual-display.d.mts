/** Starts a virtual display on a free number; `name` is what DISPLAY needs (`:7`). */
export function startVirtualDisplay(): Promise<{ name: string; stop: () => Promise<void> }>
