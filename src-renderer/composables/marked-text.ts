/** The text that is marked: in the field where an event happened, else on the page. Empty when nothing is. */
export function markedText(target: EventTarget | null): string {
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
    return target.value.slice(target.selectionStart ?? 0, target.selectionEnd ?? 0)
  }
  return document.getSelection()?.toString() ?? ''
}

/** As markedText(), when it is of a place that shows secrets (`data-secret`); null: it is not, and anybody may have it. */
export function markedSecret(target: EventTarget | null): string | null {
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return target.closest('[data-secret]') && markedText(target)
  const selection = document.getSelection()
  if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null
  const isTouched = [...document.querySelectorAll('[data-secret]')].some((element) => selection.containsNode(element, true))
  return isTouched ? selection.toString() : null
}
