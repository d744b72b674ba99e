// What the service says of the floor to its leader.
import type { Told } from '../told'
import type { Listener, OperatorTold } from '../desk/contract'

export type ListeningMode = Listener['mode']
export type FloorState = OperatorTold['state']

export type OnFloor = Told<'OperatorTold'>

export type FloorQueue = Told<'QueueTold'>

export type Today = Told<'TodayTold'>

export type Floor = Told<'FloorTold'>

export type Announcement = Told<'AnnouncementTold'>

export type Notice = Told<'NoticeTold'>
