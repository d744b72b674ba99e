// What the words of one area are: the same keys in both languages.

export interface AreaWords {
  vi: Readonly<Record<string, string>>
  en: Readonly<Record<string, string>>
}
