// The names of what the interface answers, from its own description (`make panel` writes it anew). No shape is written by hand here.
import type { components } from './generated/api'

/** What the interface answers or takes, by the name of its schema. */
export type Told<Name extends keyof components['schemas']> = components['schemas'][Name]
