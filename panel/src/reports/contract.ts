// What the service says of reports, as far as this page reads it.
import type { Told } from '../told'

export type Offer = Told<'ReportOffer'>

export type Offers = Told<'ReportOffers'>
