// What a browser gives and these tests need: a store that forgets, a window that hears.
class ForgetfulStore {
  private kept = new Map<string, string>()
  get length(): number {
    return this.kept.size
  }
  key(at: number): string | null {
    return [...this.kept.keys()][at] ?? null
  }
  getItem(name: string): string | null {
    return this.kept.get(name) ?? null
  }
  setItem(name: string, value: string): void {
    this.kept.set(name, value)
  }
  removeItem(name: string): void {
    this.kept.delete(name)
  }
  clear(): void {
    this.kept.clear()
  }
}

Object.assign(globalThis, { localStorage: new ForgetfulStore(), window: { addEventListener: () => undefined } })
