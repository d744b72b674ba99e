// Which questions a citizen is asked, given what they have answered so far: as the service decides it, so that it refuses nothing. Pure.
import type { Question, QuestionAsked } from './contract'

export type Marks = Partial<Record<Question, number>>

const AGREED = 1
const UNSOLVED = 3
const UNHAPPY = [1, 2]

/** The questions that are to be asked, in order; answered ones too. */
export function toAsk(questions: readonly QuestionAsked[], marks: Marks): QuestionAsked[] {
  if ((marks.consent ?? AGREED) !== AGREED) return questions.filter((each) => each.question === 'consent')
  const unsolved = marks.resolved === UNSOLVED
  const unhappy = unsolved || UNHAPPY.includes(marks.satisfaction ?? 0)
  const left: Partial<Record<Question, boolean>> = { comment: !unhappy, reopen: !unhappy || unsolved }
  return questions.filter((each) => !left[each.question])
}

/** The marks with one more, without those of questions that are now not asked. */
export function answered(questions: readonly QuestionAsked[], marks: Marks, question: Question, mark: number | null): Marks {
  const others = Object.entries(marks).filter(([name]) => name !== question)
  const wanted = Object.fromEntries(mark === null ? others : [...others, [question, mark]]) as Marks
  const names = new Set(toAsk(questions, wanted).map((each) => each.question))
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => names.has(name as Question)))
}
