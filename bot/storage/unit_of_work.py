"""One transaction: rolled back unless committed."""

from __future__ import annotations

from types import TracebackType

from sqlalchemy.engine import Connection, Engine

from bot.storage.access import AccessCodeRepository, AttemptRepository, IdentityRepository
from bot.storage.audit import AuditRepository
from bot.storage.conversations import ConversationRepository
from bot.storage.cra import CraRepository
from bot.storage.cra_drafts import CraDraftRepository
from bot.storage.desk import DeskRepository
from bot.storage.engine import WRITES
from bot.storage.etape_progress import EtapeProgressRepository
from bot.storage.faq_drafts import FaqDraftRepository
from bot.storage.faq_inbox import FaqInboxRepository
from bot.storage.faq_releases import FaqReleaseRepository
from bot.storage.handover import HandoverRepository
from bot.storage.messages import MessageRepository
from bot.storage.queue import QueueRepository
from bot.storage.reminders import ReminderRepository
from bot.storage.staff import StaffRepository
from bot.storage.structures import ConseillerRepository, StructureRepository
from bot.storage.telegram import TelegramRepository
from bot.storage.understandings import UnderstandingRepository


class UnitOfWork:
    """`with UnitOfWork(engine) as uow: …; uow.commit()`. With `writes=False`, only reads are allowed to wait for no one."""

    conversations: ConversationRepository
    messages: MessageRepository
    structures: StructureRepository
    conseillers: ConseillerRepository
    etape_progress: EtapeProgressRepository
    identities: IdentityRepository
    access_codes: AccessCodeRepository
    attempts: AttemptRepository
    audit: AuditRepository
    understandings: UnderstandingRepository
    faq_inbox: FaqInboxRepository
    faq_drafts: FaqDraftRepository
    faq_releases: FaqReleaseRepository
    staff: StaffRepository
    telegram: TelegramRepository
    reminders: ReminderRepository
    handovers: HandoverRepository
    desk: DeskRepository
    queue: QueueRepository
    cras: CraRepository
    cra_drafts: CraDraftRepository

    def __init__(self, engine: Engine, writes: bool = True) -> None:
        self._engine = engine
        self._writes = writes

    def __enter__(self) -> UnitOfWork:
        self.connection: Connection = self._engine.connect().execution_options(**{WRITES: self._writes})
        self._transaction = self.connection.begin()
        self.conversations = ConversationRepository(self.connection)
        self.messages = MessageRepository(self.connection)
        self.structures = StructureRepository(self.connection)
        self.conseillers = ConseillerRepository(self.connection)
        self.etape_progress = EtapeProgressRepository(self.connection)
        self.identities = IdentityRepository(self.connection)
        self.access_codes = AccessCodeRepository(self.connection)
        self.attempts = AttemptRepository(self.connection)
        self.audit = AuditRepository(self.connection)
        self.understandings = UnderstandingRepository(self.connection)
        self.faq_inbox = FaqInboxRepository(self.connection)
        self.faq_drafts = FaqDraftRepository(self.connection)
        self.faq_releases = FaqReleaseRepository(self.connection)
        self.staff = StaffRepository(self.connection)
        self.telegram = TelegramRepository(self.connection)
        self.reminders = ReminderRepository(self.connection)
        self.handovers = HandoverRepository(self.connection)
        self.desk = DeskRepository(self.connection)
        self.queue = QueueRepository(self.connection)
        self.cras = CraRepository(self.connection)
        self.cra_drafts = CraDraftRepository(self.connection)
        return self

    @property
    def is_active(self) -> bool:
        """False once committed."""
        return self._transaction.is_active

    def commit(self) -> None:
        """Once; a second call has nothing left to do."""
        if self._transaction.is_active:
            self._transaction.commit()

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if self._transaction.is_active:
                self._transaction.rollback()
        finally:
            self.connection.close()
