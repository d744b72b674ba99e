// One place that hears the keyboard for the whole panel. Function keys and Ctrl with a key only: letters and digits belong to typing.

export interface Press {
  key: string
  ctrlKey: boolean
  altKey: boolean
  shiftKey: boolean
  metaKey: boolean
  repeat: boolean
  isComposing: boolean
  keyCode: number
  getModifierState(name: string): boolean
}

/** The name of a shortcut, "F2" or "Ctrl+Enter"; null for what is typing and not a shortcut. */
export function shortcut(press: Press): string | null {
  if (press.isComposing || press.keyCode === 229 || press.repeat || press.getModifierState('AltGraph')) return null
  if (press.altKey || press.shiftKey || press.metaKey) return null
  if (/^F([1-9]|1[0-2])$/.test(press.key) && !press.ctrlKey) return press.key
  if (press.ctrlKey && ['Enter', 'k'].includes(press.key)) return `Ctrl+${press.key}`
  return null
}

const actions = new Map<string, (() => boolean)[]>()

/** Do this when the shortcut is pressed; it says whether it was for it. Of several the last one is asked first. Returns what ends it. */
export function on(name: string, action: () => boolean): () => void {
  actions.set(name, [action, ...(actions.get(name) ?? [])])
  return () => actions.set(name, (actions.get(name) ?? []).filter((each) => each !== action))
}

/** Whether somebody takes the shortcut. */
export function pressed(name: string): boolean {
  return (actions.get(name) ?? []).some((action) => action())
}

window.addEventListener('keydown', (event) => {
  const name = shortcut(event)
  if (name && pressed(name)) event.preventDefault()
})
