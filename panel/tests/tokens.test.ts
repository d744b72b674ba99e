// Claims about colours: every text can be read on every ground that it stands on, in light and dark (WCAG 2.2, 1.4.3 and 1.4.11).
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8')
const block = (start: string): Record<string, string> => {
  const from = css.indexOf(start)
  const text = css.slice(from, css.indexOf('}', from))
  return Object.fromEntries([...text.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((found) => [found[1], found[2]]))
}
const THEMES = { light: block(':root {'), dark: block(":root[data-theme='dark']") }

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const GROUNDS = ['bg', 'surface', 'sunken', 'ok-soft', 'warn-soft', 'late-soft', 'paused-soft', 'whisper-soft', 'caller-soft']
const PAIRS: [string, string, number][] = [
  ...GROUNDS.flatMap((ground): [string, string, number][] => [
    ['text', ground, 4.5],
    ['muted', ground, 4.5],
  ]),
  ...['accent', 'link', 'ok', 'warn', 'late', 'paused', 'whisper', 'caller'].flatMap((ink): [string, string, number][] => [
    [ink, 'surface', 4.5],
    [ink, 'bg', 4.5],
  ]),
  ['on-accent', 'accent', 4.5],
  ['on-late', 'late', 4.5],
  ['border', 'surface', 3],
  ['focus', 'surface', 3],
  ['focus', 'bg', 3],
]

test.each(Object.entries(THEMES))('in the %s theme everything can be read', (_name, theme) => {
  for (const [ink, ground, least] of PAIRS) {
    expect(theme[ink], ink).toBeDefined()
    expect(contrast(theme[ink] ?? '', theme[ground] ?? ''), `${ink} on ${ground}`).toBeGreaterThanOrEqual(least)
  }
})

test('the dark theme of the system is the dark theme that is chosen', () => {
  const system = block(":root:not([data-theme='light'])")
  expect(system).toEqual(THEMES.dark)
})
