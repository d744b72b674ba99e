// What the service says of calls that are over, of call-backs and of answer templates, as far as these pages read it.
import type { Told } from '../told'

export type CallbackResult = 'reached' | 'no_answer' | 'busy' | 'wrong' | 'given_up'

export type Callback = Told<'CallbackTold'>

export type CallbackList = Told<'CallbacksTold'>

export type LoggedCall = Told<'LoggedCallTold'>

export type LoggedWord = Told<'MarkedWord'>

export type Utterance = Told<'MarkedLine'>

export type WholeCall = Told<'WholeCallTold'>

export type Template = Told<'Template'>
