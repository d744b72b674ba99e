// What people call a period.
import { t } from '../words'
import type { Period } from './period'

/** `Tháng 11/2026`, `Quý 4/2026`, `Sáu tháng cuối năm 2026`, `Năm 2026`. */
export function titleOf({ kind, year, number }: Period): string {
  if (kind === 'half') return t(number === 1 ? 'sc.first_half' : 'sc.second_half', { nam: year })
  return t(`sc.title_${kind}`, { n: number, nam: year })
}
