// What the service says of surveys that operators make, as far as their page reads it.
import type { Told } from '../told'

export type Question = 'consent' | 'resolved' | 'satisfaction' | 'time' | 'attitude' | 'clarity' | 'reception' | 'comment' | 'reopen'
export type Outcome = 'answered' | 'rejected' | 'no-answer' | 'busy' | 'machine' | 'invalid-number' | 'failed'

export type QuestionAsked = Told<'QuestionAsked'>

export type CaseHeld = Told<'CaseHeld'>

export type CaseFile = Told<'CaseFile'>

export type Kept = Told<'Kept'>
