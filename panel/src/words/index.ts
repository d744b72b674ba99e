// The panel's words: Vietnamese first, English at a switch. No sentence that a person reads stands outside this folder.
import { ref } from 'vue'
import { admin } from './admin'
import { agency } from './agency'
import { calls } from './calls'
import { desk } from './desk'
import { en as sharedEnglish } from './en'
import { floor } from './floor'
import { frame } from './frame'
import { reports } from './reports'
import { scores } from './scores'
import { surveys } from './surveys'
import { vi as shared } from './vi'

const vi = { ...shared, ...frame.vi, ...desk.vi, ...agency.vi, ...floor.vi, ...calls.vi, ...reports.vi, ...scores.vi, ...surveys.vi, ...admin.vi }
const en: Record<keyof typeof vi, string> = {
  ...sharedEnglish,
  ...frame.en,
  ...desk.en,
  ...agency.en,
  ...floor.en,
  ...calls.en,
  ...reports.en,
  ...scores.en,
  ...surveys.en,
  ...admin.en,
}

export type WordKey = keyof typeof vi
export type Language = 'vi' | 'en'

const STORED = 'hotline.language'

/** The language that is shown now. */
export const language = ref<Language>(localStorage.getItem(STORED) === 'en' ? 'en' : 'vi')

/** Show this language from now on, on this device. */
export function speak(chosen: Language): void {
  language.value = chosen
  localStorage.setItem(STORED, chosen)
  document.documentElement.lang = chosen
}

/** The words of a key, with its values put in. Values are text: nothing in them is ever markup. */
export function t(key: WordKey, values: Record<string, string | number> = {}): string {
  const words: string = language.value === 'en' ? en[key] : vi[key]
  return words.replace(/\{([^}]+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}
