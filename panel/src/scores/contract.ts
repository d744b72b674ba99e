// What the service says of scores, as far as these pages read it. Shares are between 0 and 1, scores and Decision 766's figures between 0 and 100.
import type { Told } from '../told'

export type Mode = 'ivr' | 'link' | 'operator'

export type Share = Told<'Share'>

export type Part = Told<'PartFigures'>

export type OfMode = Told<'ModeFigures'>

export type Figures = Told<'AgencyFigures'>

export type Correction = Told<'Correction'>

export type Scores = Told<'Scores'>

export type Contribution = Told<'Contribution'>
