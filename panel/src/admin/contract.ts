// What the service says of accounts, rule files, flows, prompts, calendars and registers, as far as administration reads it.
import type { Told } from '../told'
import type { Role } from '../session'

/** Somebody who may sign in; programs have keys, not accounts. */
export type Account = Omit<Told<'AccountTold'>, 'role'> & { role: Role }

export type Change = Told<'hotline1022__base__signing_in__account_web__ChangeTold'>

export type Finding = Told<'FindingTold'>

export type RuleFile = Told<'FileListed'>

export type RuleVersion = Told<'VersionTold'>

export type RuleDraft = Told<'hotline1022__administration__file_web__DraftTold'>

export type RuleText = Told<'FileTold'>

export type DraftVerdict = Told<'VerdictTold'>

/** What a draft would move, as far as it is counted. */
export type Effect = Told<'EffectTold'>

export type Prompt = Told<'PromptTold'>

export type PromptVersion = Told<'SoundVersionTold'>

export type WholePrompt = Told<'WholePrompt'>

export type TakenSound = Told<'TakenSound'>

export type DayKind = 'working' | 'rest' | 'half' | 'makeup'

export type CalendarDay = Told<'DayTold'>

export type RegisteredAgency = Told<'RegisteredAgency'>

export type RoutingRow = Told<'RoutingRow'>

export type NamedCalendar = Told<'CalendarTold'>

export type SurveyQuestion = Told<'QuestionRow'>
