"""What is said of whether figures are signed: who signed when, which parts of a period are signed and which are not."""

from collections.abc import Iterable

from hotline1022.reporting import written
from surveys.scores.period import Period, read_period
from surveys.scores.shown import Scores


def signed_sentence(scores: Scores) -> str:
    """Whether the agencies' scores of a period are frozen, in one sentence."""
    if scores.signed_off is None:
        return f"Điểm các cơ quan {scores.title}: chưa chốt; số hài lòng và đúng hạn còn có thể thay đổi."
    signed = scores.signed_off
    return f"Điểm các cơ quan {scores.title}: {signed.by} đã chốt lúc {written.instant(signed.at)}."


def corrections_sentence(scores: Scores) -> str | None:
    """What was said against a signed period, in one sentence; None where nothing was."""
    if not scores.corrections:
        return None
    accepted = sum(each.accepted is True for each in scores.corrections)
    waiting = sum(each.accepted is None for each in scores.corrections)
    declined = len(scores.corrections) - accepted - waiting
    return (
        f"Có {len(scores.corrections)} đề nghị đính chính: chấp nhận {accepted}, không chấp nhận {declined}, chờ quyết định {waiting}. "
        "Số đã chốt được giữ nguyên; thay đổi ghi ở phần đính chính."
    )


def parts(period: Period) -> tuple[Period, ...]:
    """The shorter periods that a period is made of and that can be signed by themselves, the longest first."""
    halves = [f"{period.year}-H{half}" for half in (1, 2)]
    quarters = [f"{period.year}-Q{quarter}" for quarter in range(1, 5)]
    inside = [read_period(name) for name in (*halves, *quarters, *period.months)]
    months = set(period.months)
    return tuple(each for each in inside if each.length < period.length and months.issuperset(each.months))


def parts_sentence(period: Period, signed: Iterable[str]) -> str | None:
    """Which months of a longer period are frozen (by themselves, or in a quarter or half) and which are not; None of a month."""
    if period.length == 1:
        return None
    frozen = [each for each in parts(period) if each.name in set(signed)]
    covered = {month for each in frozen for month in each.months}
    if not covered:
        return f"Trong {period.title} chưa có tháng nào được chốt."
    open_months = [_month(month) for month in period.months if month not in covered]
    names = written.listed([each.title for each in frozen])
    if not open_months:
        return f"Các kỳ thành phần đã chốt: {names}; mọi tháng của {period.title} đều đã chốt."
    return (
        f"Mới chốt một phần: đã chốt {names}; chưa chốt {written.listed(open_months)}. "
        f"Số của {period.title} trong báo cáo này tính từ dữ liệu hiện có, không cộng từ các kỳ đã chốt."
    )


def _month(name: str) -> str:
    return f"tháng {int(name[5:])}"
