import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/** True when a drag carries files and not, say, selected text. */
function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}

/**
 * Makes the whole window a place to drop files while the component is mounted. Folders arrive as File objects too; what
 * they are is found out by main. Answers whether a drag with files is over the window.
 */
export function useWindowDrop(onFiles: (files: File[]) => void): Readonly<Ref<boolean>> {
  const isOver = ref(false)
  // Each element under the pointer sends its own enter and leave.
  let depth = 0

  const handlers = {
    dragenter(event: DragEvent) {
      if (!carriesFiles(event)) return
      event.preventDefault()
      depth += 1
      isOver.value = true
    },
    dragover(event: DragEvent) {
      if (!carriesFiles(event)) return
      event.preventDefault()
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
    },
    dragleave(event: DragEvent) {
      if (!carriesFiles(event)) return
      depth = Math.max(0, depth - 1)
      isOver.value = depth > 0
    },
    drop(event: DragEvent) {
      if (!carriesFiles(event)) return
      event.preventDefault()
      depth = 0
      isOver.value = false
      const files = [...(event.dataTransfer?.files ?? [])]
      if (files.length > 0) onFiles(files)
    },
  }

  onMounted(() => {
    for (const [name, handler] of Object.entries(handlers)) window.addEventListener(name, handler as EventListener)
  })
  onBeforeUnmount(() => {
    for (const [name, handler] of Object.entries(handlers)) window.removeEventListener(name, handler as EventListener)
  })
  return isOver
}
