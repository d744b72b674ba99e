// What a call came to, in words.
import { t } from '../words'

const KNOWN = ['slip', 'answered', 'status', 'wrong', 'prank', 'silent', 'petition'] as const
type Known = (typeof KNOWN)[number]

export const RESULTS: readonly Known[] = KNOWN

export function resultWords(result: string | null): string {
  if (result === null) return t('cl.no_result')
  return (KNOWN as readonly string[]).includes(result) ? t(`call.result.${result as Known}`) : result
}
