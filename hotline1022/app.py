"""The service put together: every part is made here, once, and given to those who need it. No rule and no reaction is written here."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog

from hotline1022 import duties, installation
from hotline1022.api import Api
from hotline1022.base import outbox
from hotline1022.base.access import Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway
from hotline1022.base.jobs import JobQueue, Jobs
from hotline1022.base.ledger import Ledger
from hotline1022.base.outbox import Relay
from hotline1022.base.spool import Spool
from hotline1022.base.tasks import keep_running
from hotline1022.call_words import CallWords
from hotline1022.config import Settings
from hotline1022.leg_listening import LegListening
from hotline1022.live import Stage
from hotline1022.panel.assembly import PanelSide
from hotline1022.panel.outgoing import OperatorsCalls
from hotline1022.product import Hotline
from hotline1022.province_files import ProvinceFiles
from hotline1022.reporting.assembly import Figures
from hotline1022.story import TRANSCRIPTION_QUEUE, Story
from hotline1022.survey_desk import SurveyRules, TicketCitizens
from hotline1022.survey_line import SurveyCalls, SurveyTalk
from hotline1022.survey_story import SurveyStory
from hotline1022.unheard import UnheardRecordings
from hotline1022.web import application, open_at
from surveys.campaign import Campaign
from surveys.consideration import Consideration
from telephony.aftermath import Aftermath
from telephony.ami import Ami
from telephony.announcing.sounds import AnnouncementSounds
from telephony.ari import Ari
from telephony.ari_link import AriLink
from telephony.asterisk.configuration import LineSettings
from telephony.call_book import CallBook
from telephony.events import RecordingReady
from telephony.line import MEDIA_APP, Line
from telephony.live import LiveLegs
from telephony.outgoing import Outgoing
from telephony.progress import ProgressFolder
from telephony.recorder import Recorder
from telephony.recordings import RecordingShelf
from telephony.recovery import Recovery
from telephony.switchboard import Switchboard
from tickets.agenda import Agenda
from tickets.desk import Desk
from tickets.replanning import Replanning
from tickets.rules import StandingRules
from tickets.timers import Timers
from transcription.client import NodeAwayError, TranscriberNode
from transcription.listening import LiveWords
from transcription.shelf import TranscriptShelf

log = structlog.get_logger()

LOOK, ATTEMPT = "Agenda.look", "Campaign.attempt"
OUTGOING_QUEUE = "outgoing"
"""The durable engine's queue of calls that the hotline makes: its limits are the trunk's."""


def outgoing_queue(settings: Settings) -> JobQueue:
    """The calls that the hotline makes: no more at once, and no more a minute, on all nodes together than the settings say."""
    return JobQueue(
        name=OUTGOING_QUEUE,
        at_once_everywhere=settings.outgoing_channels,
        rate=(settings.outgoing_calls_a_minute, 60.0),
        look_every=0.5,
    )


class Service:
    """The running service: made by ``assembled``, led by ``run``."""

    def __init__(
        self, settings: Settings, clock: Clock, database: Database, link: AriLink, node: TranscriberNode
    ) -> None:
        self.settings, self.clock, self.database, self.node = settings, clock, database, node
        self.stage = Stage()
        self.figures = Figures(settings, clock, database)
        self.jobs = Jobs(
            settings.jobs_database,
            settings.node_name,
            metrics=self.figures.metrics,
            queues=(JobQueue(name=TRANSCRIPTION_QUEUE, at_once=1, look_every=1.0), outgoing_queue(settings)),
        )
        self._jobs_started = False
        self._rules_taken = asyncio.Event()
        self.relay = Relay(database, self.jobs.enqueue, self._jobs_of, clock, handed_over=self.figures.heard)
        database.committed = self.relay.poke
        self.ledger = Ledger(database, Spool(settings.data / "spool" / "events"))
        self.rules = StandingRules(settings.data / "rules")
        key = settings.survey_key.get_secret_value().encode()
        self.survey_rules = SurveyRules.load(settings.data / "rules", key, trial=settings.hours == "always")
        self._put_the_tickets_together()
        self.transcripts = TranscriptShelf(database, clock, outbox.add)
        self.live_words = LiveWords(node, self.transcripts)
        line = installation.line_settings(settings)
        prompts = installation.lay_prompts(settings)
        self.api.announcements.sounds = AnnouncementSounds(line.sounds)
        self.flows, self.survey_flows = installation.flow_shelf(settings), installation.survey_shelf(settings)
        self.product = Hotline(
            clock=clock,
            ledger=self.ledger,
            desk=self.desk,
            rules=self.rules,
            stage=self.stage,
            flow=lambda: self.flows.current,
            sounds=line.sounds,
            playable=prompts.playable,
            always_open=settings.hours == "always",
            silence_means_recorded=settings.silence_means_recorded,
            announced=self.api.announcements.spoken,
        )
        self._put_the_line_together(line, link)
        self._put_the_surveys_together()
        self.book = CallBook(database)
        self.story = Story(
            book=self.book,
            aftermath=self.aftermath,
            recordings=self.recordings,
            transcripts=self.transcripts,
            transcriber=node,
            desk=self.desk,
            agenda=self.agenda,
            surveys=self.surveys,
            callbacks=self.api.callbacks,
            rules=self.rules,
            stage=self.stage,
        )
        self.jobs.handle(LOOK, self.agenda.look)
        self.jobs.handle(ATTEMPT, self.campaign.attempt, queue=OUTGOING_QUEUE)
        for name, job, queue in self.story.jobs():
            self.jobs.handle(name, job, **({"queue": queue} if queue else {}))

    def _put_the_tickets_together(self) -> None:
        database, clock, rules = self.database, self.clock, self.rules
        self.desk = Desk(database, clock, rules, outbox.add)
        self.agenda = Agenda(database, clock, Timers(database, clock, rules, outbox.add), self._look_later)
        self.replanning = Replanning(database, clock, rules, outbox.add)
        self.api = Api(
            database=database,
            clock=clock,
            rules=rules,
            desk=self.desk,
            record_event=outbox.add,
            data=self.settings.data,
            surveys=self.survey_rules,
            account_key=self.settings.account_key.get_secret_value().encode(),
            secure=self.settings.panel_url.startswith("https"),
            second_factor_for=frozenset(map(Role, self.settings.second_factor_roles)),
            proxies=tuple(self.settings.http_proxies),
            four_eyes=self.settings.four_eyes,
        )

    def _put_the_line_together(self, line: LineSettings, link: AriLink) -> None:
        settings, takes, ari = self.settings, line.folder / "spool" / "recording", Ari(link)
        common: dict[str, Any] = {"node": settings.node_name, "clock": self.clock, "product": self.product}
        recorder = Recorder(ari, MEDIA_APP, takes)
        progress = ProgressFolder(settings.data / "calls")
        self.recordings = RecordingShelf(settings.data / "recordings")
        self.ami = Ami("127.0.0.1", settings.ami_port, "service", settings.ami_secret.get_secret_value())
        self.link = link
        self._talk = SurveyTalk(self.product, lambda: self.survey_flows.current)
        self.outgoing = Outgoing(
            node=settings.node_name,
            clock=self.clock,
            product=self._talk,
            ari=ari,
            takes=takes,
            caller_number=settings.outgoing_number or settings.hotline_number,
        )
        legs = LiveLegs(ari, MEDIA_APP, LegListening(self.node))
        self.switchboard = Switchboard(
            **common,
            recorder=recorder,
            legs=legs,
            progress=progress,
            takes=takes,
            outgoing=self.outgoing,
        )
        recovery = Recovery(
            **common,
            switchboard=self.switchboard,
            recorder=recorder,
            progress=progress,
            reports=line.reports,
            takes=takes,
        )
        self.aftermath = Aftermath(**common, recorder=recorder, shelf=self.recordings, takes=takes)
        self.panel = PanelSide(
            settings=settings,
            clock=self.clock,
            database=self.database,
            ari=ari,
            ami=self.ami,
            switchboard=self.switchboard,
            api=self.api,
            stage=self.stage,
            outgoing=OperatorsCalls(
                settings=settings,
                record=self.product.record,
                policy=self.survey_rules.current_policy,
                callbacks=self.api.callbacks,
                dossier=self.api.dossier,
            ),
        )
        legs.others = self.panel.operators.listening.pieces
        self.api.suggester.words_of = CallWords(self.database, self.live_words, self.panel.floor.on_call)
        self.line = Line(
            link=link,
            ami=self.ami,
            switchboard=self.switchboard,
            recovery=recovery,
            floor=self.panel.operators.ear,
            calls_port=settings.calls_port,
            calls_password=settings.calls_password.get_secret_value(),
        )
        self.figures.watch(
            ari=ari,
            link=link,
            ami=self.ami,
            node=self.node,
            roster=self.panel.operators.roster,
            ledger=self.ledger,
            callers=self.switchboard.callers,
            legs=legs,
            panels=self.panel.channel,
        )

    def _put_the_surveys_together(self) -> None:
        common: dict[str, Any] = {
            "database": self.database,
            "clock": self.clock,
            "policy": self.survey_rules.current_policy,
            "hours": lambda: self.rules.current.calendar(self.survey_rules.current_policy().calendar),
            "citizens": TicketCitizens(self.desk),
            "record_event": outbox.add,
            "key": self.survey_rules.key,
        }
        self.campaign = self._talk.campaign = Campaign(**common, calls=SurveyCalls(self.outgoing, self.settings))
        self.surveys = SurveyStory(
            consideration=Consideration(**common),
            campaign=self.campaign,
            handling=self.api.handling,
            rules=self.rules,
            clock=self.clock,
            attempt_later=self._attempt_later,
            scores=self.api.recount,
        )

    def _jobs_of(self, event_name: str) -> Sequence[str]:
        return self.story.jobs_of(event_name)

    async def run(self) -> None:
        """Serve until cancelled. Calls are served at once, also while the database is away. Raises HotlineError when a port is taken."""
        token = self.settings.service_token.get_secret_value()
        interface = application(self.stage, token, self._health)
        self.api.mount(interface)
        self.panel.mount(interface)
        self.figures.mount(interface)
        runner = await open_at(interface, self.settings.http_bind, self.settings.http_port)
        files = ProvinceFiles(
            self.settings,
            (self.flows, self.survey_flows),
            self.product,
            (self.rules, self.survey_rules.policy, self.survey_rules.words, *self.api.rule_files),
            self._rules_taken.set,
        )
        unheard = UnheardRecordings(self.book, self.transcripts, self.clock, self._transcribe_again)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.line.run())
                group.create_task(keep_running("ledger", self.ledger.run))
                group.create_task(keep_running("jobs", self._work_on_jobs))
                group.create_task(keep_running("codes", lambda: duties.keep_codes(self.desk)))
                group.create_task(keep_running("province's files", files.run))
                group.create_task(keep_running("sweep of steps", self._sweep))
                group.create_task(self.figures.run(self.rules))
                group.create_task(keep_running("replanning", lambda: duties.replan(self.replanning, self._rules_taken)))
                group.create_task(keep_running("old drafts", lambda: duties.forget_drafts(self.api.drafts)))
                group.create_task(keep_running("unheard recordings", unheard.run))
                group.create_task(keep_running("announcements", self.api.announcements.run))
                group.create_task(keep_running("leading", self.panel.operators.leading.run))
                group.create_task(keep_running("listening", self.panel.operators.listening.run))
                group.create_task(keep_running("live words", lambda: self.live_words.run(self.stage.tell)))
        finally:
            await runner.cleanup()
            await self.api.administration.close()
            await self.jobs.stop()

    async def _work_on_jobs(self) -> None:
        while not self._jobs_started:
            try:
                await self.jobs.start()
                self._jobs_started = True
            except DatabaseAway:
                log.warning("jobs_wait_for_database")
                await asyncio.sleep(2)
        await self.relay.run()

    async def _sweep(self) -> None:
        await duties.sweep(self.agenda, self.campaign, self.figures.metrics.steps_swept.inc)

    async def _look_later(self, look: str, delay: float) -> None:
        await self.jobs.enqueue(LOOK, look, {}, delay)

    async def _attempt_later(self, name: str, payload: dict[str, object], delay: float) -> None:
        await self.jobs.enqueue(ATTEMPT, name, payload, delay)

    async def _transcribe_again(self, ready: RecordingReady, trial: str) -> None:
        stored = {"name": ready.name, "payload": ready.model_dump(mode="json")}
        await self.jobs.enqueue(self.story.name_of(self.story.transcribe), f"unheard:{ready.call}:{trial}", stored)

    async def _health(self) -> dict[str, Any]:
        try:
            node: dict[str, Any] = (await self.node.health()).model_dump()
        except NodeAwayError as error:
            node = {"engine": "none", "why": str(error)}
        return {
            "asterisk": self.link.connected.is_set(),
            "queue": self.ami.connected.is_set(),
            "calls": len(self.switchboard.callers),
            "flow": self.flows.current.version,
            "transcriber": {name: node.get(name) for name in ("engine", "model", "why")},
        }


@asynccontextmanager
async def assembled(settings: Settings, clock: Clock) -> AsyncIterator[Service]:
    """The service with its connections open; they are closed when the block ends. Raises HotlineError for broken rules or flows."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database)
        stack.push_async_callback(database.close)
        password = settings.ari_password.get_secret_value()
        link = await stack.enter_async_context(
            AriLink(f"http://127.0.0.1:{settings.ari_port}/ari", "service", password, MEDIA_APP)
        )
        token = settings.service_token.get_secret_value()
        node = await stack.enter_async_context(TranscriberNode(f"http://127.0.0.1:{settings.transcriber_port}", token))
        yield Service(settings, clock, database, link, node)
