// A rule file that is being changed: what is typed is kept on this device at once and with the service soon after; its findings come back.
import { onUnmounted, ref, watch } from 'vue'
import { get, Problem, put } from '../api'
import { now, person } from '../session'
import type { DraftVerdict, Finding, RuleDraft, RuleText } from './contract'

const PAUSE = 800

export type Kept = 'none' | 'saving' | 'saved' | 'local' | 'failed'

/** The draft that stands once the service has kept it; none when the text is what is in force. */
const drafted = (text: string, { revision, findings, effect }: DraftVerdict): RuleDraft | null =>
  revision === null ? null : { text, revision, findings, effect, at: now().toISOString(), by: person.value?.display_name ?? '' }

const stored = (name: string): string => `hotline.rule.${person.value?.account ?? 0}.${name}`

export function ruleDraft(name: () => string) {
  const file = ref<RuleText | null>(null)
  const problem = ref<Problem | null>(null)
  const text = ref('')
  const findings = ref<Finding[]>([])
  const effect = ref<string | null>(null)
  const kept = ref<Kept>('none')
  const keptAt = ref<Date | null>(null)
  const restored = ref(false)
  let pause: ReturnType<typeof setTimeout> | undefined
  const revision = ref('')
  let known = ''

  async function load(): Promise<void> {
    const wanted = name()
    try {
      const told = await get<RuleText>(`/api/rule-files/${encodeURIComponent(wanted)}`)
      if (wanted !== name()) return
      const draft = told.draft
      const local = localStorage.getItem(stored(wanted))
      file.value = told
      problem.value = null
      known = draft?.text ?? told.text
      revision.value = draft?.revision ?? ''
      restored.value = local !== null && local !== known
      findings.value = draft?.findings ?? []
      effect.value = draft?.effect ?? null
      kept.value = 'none'
      text.value = restored.value && local !== null ? local : known
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problem.value = error
    }
  }

  async function save(): Promise<void> {
    clearTimeout(pause)
    const [wanted, said] = [name(), text.value]
    if (said === known) return
    kept.value = 'saving'
    try {
      const verdict = await put<DraftVerdict>(`/api/rule-files/${encodeURIComponent(wanted)}/draft`, { text: said, base: revision.value })
      if (wanted !== name()) return
      known = said
      revision.value = verdict.revision ?? ''
      problem.value = null
      findings.value = verdict.findings
      effect.value = verdict.effect
      if (file.value) file.value = { ...file.value, draft: drafted(said, verdict) }
      kept.value = text.value === said ? 'saved' : 'saving'
      if (text.value === said) localStorage.removeItem(stored(wanted))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      kept.value = error.status === 0 ? 'local' : 'failed'
      problem.value = error.status === 0 ? null : error
    }
    keptAt.value = new Date()
  }

  watch(text, (said) => {
    if (said === known) return
    try {
      localStorage.setItem(stored(name()), said)
    } catch {
      // A full store keeps nothing; the service does.
    }
    clearTimeout(pause)
    pause = setTimeout(() => void save(), PAUSE)
  })
  watch(name, load, { immediate: true })
  onUnmounted(() => void save())

  function forget(): void {
    clearTimeout(pause)
    localStorage.removeItem(stored(name()))
  }
  return { file, problem, text, findings, effect, revision, kept, keptAt, restored, load, save, forget }
}
