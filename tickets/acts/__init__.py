"""What each move does to a ticket, by the move's name. The table of stages has let the move pass before one of these is asked.

An act changes the ``Change`` it is given and nothing else; it raises Refused or Invalid, in one Vietnamese sentence.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tickets.acts import agency, appointments, citizen, hotline, letters, time
from tickets.change import Change

Act = Callable[[Change, Any], None]

ACTS: Mapping[str, Act] = {
    "classify": hotline.classify,
    "answer-at-once": hotline.answer_at_once,
    "route": hotline.route,
    "undo-route": hotline.undo_route,
    "recall": hotline.recall,
    "merge": hotline.merge,
    "separate": hotline.separate,
    "divert": hotline.divert,
    "restore": hotline.restore,
    "raise": hotline.raise_to_leaders,
    "note": hotline.note,
    "accept": agency.accept,
    "return": agency.give_back,
    "work": agency.work,
    "assign": agency.assign,
    "draft": agency.draft,
    "send-back": agency.send_back,
    "approve": agency.approve,
    "object": agency.send_back,
    "refuse": agency.refuse,
    "progress": agency.progress,
    "ask-cooperation": agency.ask_cooperation,
    "contribute": agency.contribute,
    "ask-citizen": time.ask_citizen,
    "resume": time.resume,
    "ask-extension": time.ask_extension,
    "grant-extension": time.grant_extension,
    "decline-extension": time.decline_extension,
    "inform": citizen.inform,
    "tell": citizen.tell,
    "survey": citizen.survey,
    "close": citizen.close,
    "reopen": citizen.reopen,
    "publish": citizen.publish,
    "unpublish": citizen.unpublish,
    "book": appointments.book,
    "confirm-visit": appointments.confirm,
    "move-visit": appointments.move,
    "visited": citizen.visited,
    "visited-partly": appointments.visited,
    "missed-visit": appointments.missed,
    "cancel-visit": appointments.cancel,
    "ask-letter": letters.ask_letter,
    "draft-letter": letters.draft_letter,
    "send-back-letter": letters.send_back_letter,
    "approve-letter": letters.approve_letter,
    "send-letter": letters.send_letter,
    "waive-letter": letters.waive_letter,
}
