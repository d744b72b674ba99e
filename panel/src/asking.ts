// Asks again when what it asks about has changed: after a pause, one request at a time, and once more for what has changed meanwhile. No page stands here.

export interface Asker<Question> {
  /** The question as it is now; an answer to an older one is not waited for. */
  want: (question: Question) => void
  /** Ask nothing more. */
  end: () => void
}

/** `ask` may fail with what `refused` takes; then what was answered before stays. */
export function asker<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
  take: (answer: Answer, question: Question) => void,
  refused: (error: unknown) => void,
  pause: number,
): Asker<Question> {
  let wanted: { question: Question } | null = null
  let waiting: ReturnType<typeof setTimeout> | undefined
  let asking = false
  let over = false

  async function now(): Promise<void> {
    if (asking || !wanted || over) return
    const { question } = wanted
    wanted = null
    asking = true
    try {
      const answer = await ask(question)
      if (!over) take(answer, question)
    } catch (error) {
      refused(error)
    } finally {
      asking = false
    }
    if (wanted) later()
  }

  function later(): void {
    clearTimeout(waiting)
    waiting = setTimeout(() => void now(), pause)
  }

  return {
    want(question) {
      wanted = { question }
      if (!asking) later()
    },
    end() {
      over = true
      clearTimeout(waiting)
    },
  }
}
