"""What citizens and officials of the simulation say, by topic: invented sentences in the manner of such reports. Pure; no person is in them.

``said`` is what a caller says, without marks of punctuation, as a recogniser writes it; ``{place}`` is a commune inside a sentence.
"""

import random
from dataclasses import dataclass
from typing import Literal

from transcription.model import Transcript, Word

MODEL = "mo-phong"
"""The model's name in a transcript that nobody recognised."""


@dataclass(frozen=True)
class Sentences:
    """What is said about a matter: by the caller, in the slip, and in the agency's answer."""

    said: str
    summary: str
    answer: str


_BY_TOPIC: dict[str, tuple[tuple[str, str, str], ...]] = {
    "huong-dan-thu-tuc": (
        ("cho tôi hỏi đăng ký khai sinh cho con ở {place} cần giấy tờ gì", "Hỏi giấy tờ đăng ký khai sinh cho con tại {place}.", "Người dân nộp tờ khai theo mẫu, giấy chứng sinh; nộp tại xã hoặc trực tuyến trên Cổng Dịch vụ công quốc gia, nhận kết quả trong ngày."),
        ("tôi muốn hỏi thủ tục xin giấy phép xây dựng nhà ở riêng lẻ tại {place}", "Hỏi thủ tục cấp phép xây dựng nhà ở riêng lẻ tại {place}.", "Hồ sơ gồm đơn theo mẫu, bản sao giấy chứng nhận quyền sử dụng đất và bản vẽ; nộp tại bộ phận một cửa, thời hạn 15 ngày làm việc."),
    ),
    "tinh-trang-ho-so": (("tôi nộp hồ sơ đã hơn một tuần ở {place} nay chưa biết tới đâu", "Hỏi tình trạng hồ sơ đã nộp tại {place}.", "Hồ sơ đang ở bước thẩm định, có kết quả đúng ngày hẹn ghi trên giấy tiếp nhận."),),
    "ho-so-tre-hen": (("giấy hẹn ghi ngày trả kết quả đã qua mười ngày mà {place} chưa trả", "Hồ sơ trễ hẹn trả kết quả 10 ngày tại {place}.", "Cơ quan xin lỗi vì chậm trễ; kết quả đã có, người dân nhận tại bộ phận một cửa từ chiều nay."),),
    "dich-vu-cong-truc-tuyen": (("tôi nộp hồ sơ trên mạng mà cổng dịch vụ công báo lỗi không thanh toán được", "Cổng dịch vụ công báo lỗi khi thanh toán trực tuyến.", "Lỗi cổng thanh toán đã khắc phục; người dân đăng nhập lại và thanh toán trong mục hồ sơ chờ nộp phí."),),
    "hen-tai-nha": (("má tôi lớn tuổi đi lại khó xin hẹn làm thủ tục tại nhà ở {place}", "Đề nghị làm thủ tục tại nhà cho người cao tuổi tại {place}.", "Trung tâm đã xếp lịch, cán bộ đến nhà đúng giờ hẹn."),),
    "dat-dai": (
        ("tôi xin cấp sổ đỏ thửa đất ở {place} đã sáu tháng chưa thấy trả lời", "Hồ sơ cấp giấy chứng nhận quyền sử dụng đất tại {place} kéo dài sáu tháng.", "Hồ sơ vướng ranh giới thửa liền kề; cơ quan đã đo đạc lại và niêm yết, sẽ trả kết quả sau khi hết thời hạn niêm yết 15 ngày."),
        ("ranh đất nhà tôi ở {place} bị nhà bên cạnh xây lấn qua", "Phản ánh hộ liền kề xây lấn ranh đất tại {place}.", "Cán bộ địa chính đã kiểm tra thực địa, lập biên bản và mời hai bên hoà giải theo quy định."),
    ),
    "bao-tro": (
        ("bà nội tôi trên tám mươi tuổi ở {place} chưa nhận được tiền trợ cấp tháng này", "Chưa nhận trợ cấp người cao tuổi tại {place}.", "Danh sách chi trả tháng này bị chậm do cập nhật tài khoản; tiền đã được chuyển bổ sung."),
        ("gia đình tôi thuộc hộ cận nghèo ở {place} xin hỏi chế độ bảo hiểm y tế", "Hỏi chế độ bảo hiểm y tế của hộ cận nghèo tại {place}.", "Hộ cận nghèo được ngân sách hỗ trợ mức đóng; xã đã lập danh sách, thẻ được cấp trong tháng."),
    ),
    "cu-tru": (("tôi làm căn cước đã hơn một tháng ở {place} chưa có thẻ", "Chưa nhận được thẻ căn cước sau một tháng, nộp tại {place}.", "Thẻ đã được in và chuyển bưu điện; người dân kiểm tra trên VNeID."), ("VNeID của tôi không lên mức hai dù đã làm ở công an {place}", "Tài khoản VNeID chưa được nâng lên mức 2.", "Hồ sơ định danh thiếu ảnh khuôn mặt; mời người dân đến công an xã chụp lại, có kết quả trong ngày.")),
    "an-ninh-trat-tu": (("nhóm thanh niên tụ tập nẹt pô mỗi đêm gần chợ ở {place}", "Thanh niên tụ tập gây ồn, nẹt pô ban đêm gần chợ tại {place}.", "Công an đã tăng cường tuần tra, xử phạt ba trường hợp và cho ký cam kết."),),
    "lao-dong": (("tôi nghỉ việc công ty chưa chốt sổ bảo hiểm xã hội cho tôi", "Công ty chưa chốt sổ bảo hiểm xã hội sau khi nghỉ việc.", "Đã yêu cầu công ty nộp đủ tiền bảo hiểm và chốt sổ; người lao động nhận sổ tại bộ phận một cửa."), ("tôi muốn hỏi mức hưởng trợ cấp thất nghiệp và nơi nộp hồ sơ", "Hỏi mức hưởng và nơi nộp hồ sơ trợ cấp thất nghiệp.", "Mức hưởng bằng 60 % bình quân lương sáu tháng liền kề; nộp hồ sơ tại Trung tâm Dịch vụ việc làm trong ba tháng.")),
    "giao-thong": (
        ("đường liên ấp ở {place} có ổ gà lớn xe máy té hoài", "Đường liên ấp tại {place} có ổ gà lớn, nguy hiểm cho xe máy.", "Đã vá tạm các ổ gà; việc trải nhựa đưa vào kế hoạch duy tu quý tới."),
        ("đèn tín hiệu ở ngã tư {place} hư cả tuần nay", "Đèn tín hiệu giao thông tại ngã tư ở {place} hư một tuần.", "Đội bảo trì đã thay bộ điều khiển, đèn hoạt động lại bình thường."),
    ),
    "tu-phap": (("tôi cần trích lục khai sinh bản sao mà {place} báo không có sổ gốc", "Xin trích lục khai sinh nhưng {place} báo không còn sổ gốc.", "Đã tra cứu sổ lưu tại huyện cũ và bổ sung dữ liệu; người dân nhận trích lục tại xã."),),
    "xay-dung": (("quán nước lấn hết vỉa hè trước trường học ở {place}", "Quán nước lấn chiếm vỉa hè trước trường học tại {place}.", "Tổ trật tự đã lập biên bản, yêu cầu dọn dẹp; hộ kinh doanh đã chấp hành."),),
    "cap-nuoc": (("nước máy ở {place} đục và yếu ba ngày nay", "Nước máy đục và yếu tại {place}.", "Ống nhánh bị vỡ do thi công, đã thay ống và xả rửa, nước đạt quy chuẩn."),),
    "dien": (("khu tôi ở {place} cúp điện hoài không báo trước", "Cúp điện nhiều lần không báo trước tại {place}.", "Máy biến áp quá tải đã được thay; lịch tạm ngừng cấp điện được báo qua Zalo của công ty."),),
    "cong-cong": (("đèn đường hẻm ở {place} tắt hết ban đêm đi nguy hiểm", "Đèn chiếu sáng công cộng tại {place} không sáng.", "Đã thay bóng và đóng điện lại toàn tuyến."), ("bờ sông ở {place} sạt lở sát nhà dân", "Bờ sông sạt lở sát nhà dân tại {place}.", "Đã cắm biển cảnh báo, đóng cừ tạm và vận động hộ dân di dời; kè kiên cố đang lập dự án.")),
    "moi-truong": (("bãi rác tự phát ở {place} bốc mùi hôi không ai dọn", "Bãi rác tự phát bốc mùi hôi tại {place}.", "Đã thu gom, rải vôi khử mùi và đặt biển cấm đổ rác."), ("hàng xóm ở {place} hát karaoke tới khuya", "Hàng xóm hát karaoke gây ồn đến khuya tại {place}.", "Công an xã đã nhắc nhở và cho ký cam kết không gây ồn sau 22 giờ.")),
    "y-te": (("tôi muốn hỏi lịch tiêm ngừa ở trạm y tế {place}", "Hỏi lịch tiêm chủng của trạm y tế {place}.", "Trạm tiêm chủng vào ngày 5 và 20 hằng tháng, buổi sáng; mang theo sổ tiêm."), ("nhà tôi ở {place} có người sốt cần được hướng dẫn cách ly", "Hộ tại {place} có người sốt, cần hướng dẫn y tế.", "Trạm y tế đã liên hệ, cấp thuốc và hướng dẫn theo dõi tại nhà.")),
    "giao-duc": (("trường ở {place} thu tiền quỹ đầu năm nhiều khoản quá", "Trường tại {place} thu nhiều khoản đầu năm học.", "Đã yêu cầu trường công khai các khoản thu và trả lại khoản thu sai quy định."),),
    "doanh-nghiep": (("tôi muốn hỏi thủ tục đổi địa chỉ đăng ký kinh doanh sau sáp nhập", "Hỏi thủ tục đổi địa chỉ đăng ký kinh doanh sau sáp nhập.", "Doanh nghiệp tiếp tục dùng giấy đã cấp; khi có nhu cầu thì cập nhật địa chỉ trực tuyến, không thu phí."),),
    "nong-nghiep": (("cống thuỷ lợi ở {place} đóng làm lúa ngập hết", "Cống thuỷ lợi tại {place} đóng làm ngập lúa.", "Đã mở cống, bơm tiêu úng và thống nhất lịch vận hành với tổ hợp tác."),),
    "vien-thong": (("sóng điện thoại ở {place} yếu gọi không được", "Sóng điện thoại yếu tại {place}.", "Nhà mạng đã hiệu chỉnh trạm phát, sẽ bổ sung trạm mới trong năm."),),
    "van-hoa": (("xin hỏi lịch lễ hội sen năm nay tổ chức ở đâu", "Hỏi lịch tổ chức lễ hội sen.", "Lịch lễ hội đăng trên trang của Sở; các hoạt động chính ở Cao Lãnh."),),
    "thi-truong": (("tiệm ở {place} bán xăng thiếu lít", "Cửa hàng tại {place} bán xăng thiếu số lượng.", "Đội quản lý thị trường đã kiểm tra cột đo và xử phạt theo quy định."),),
    "thai-do": (("cán bộ một cửa ở {place} nói chuyện cọc cằn với dân", "Cán bộ bộ phận một cửa tại {place} có thái độ chưa đúng mực.", "Đã nhắc nhở, yêu cầu cán bộ rút kinh nghiệm và xin lỗi người dân."),),
    "quy-dinh": (("mẫu đơn trên mạng và mẫu ở xã khác nhau xin thống nhất lại", "Kiến nghị thống nhất mẫu đơn giữa cổng dịch vụ công và cấp xã.", "Ghi nhận và đã kiến nghị bộ chủ quản sửa mẫu đơn."),),
    "hien-ke": (("tôi góp ý nên có xe buýt từ {place} ra tỉnh", "Góp ý mở tuyến xe buýt từ {place}.", "Cảm ơn góp ý; đề xuất được đưa vào quy hoạch tuyến xe buýt."),),
    "khieu-nai": (("tôi không đồng ý quyết định thu hồi đất ở {place} muốn khiếu nại", "Muốn khiếu nại quyết định thu hồi đất tại {place}.", "Hướng dẫn gửi đơn khiếu nại."),),
    "to-cao": (("tôi muốn tố cáo một cán bộ nhận tiền", "Muốn tố cáo cán bộ.", "Hướng dẫn gửi đơn tố cáo."),),
}  # fmt: skip
_OTHERWISE = (("tôi muốn hỏi một việc ở {place} không biết gặp cơ quan nào", "Hỏi cơ quan có thẩm quyền giải quyết việc tại {place}.", "Đã hướng dẫn người dân liên hệ đúng cơ quan có thẩm quyền."),)  # fmt: skip

GREETING = "dạ tổng đài một không hai hai xin nghe em là điện thoại viên em có thể giúp gì cho anh chị"
CLOSING = "dạ em đã ghi nhận phiếu của anh chị xin cảm ơn"
UNHAPPY = (
    "việc của tôi chưa ai xuống xem hết mà nói là xong rồi",
    "trả lời chung chung quá tôi không biết phải làm gì",
    "lâu quá chờ hoài mới có người gọi lại",
)
"""What citizens say who are asked why they are not content."""
RETURNED = "Nội dung không thuộc thẩm quyền của đơn vị."
QUESTION = "Xin người dân cho biết thêm vị trí cụ thể và thời điểm xảy ra."
ADDED = "Việc xảy ra ở gần chợ, từ đầu tuần đến nay."
PROGRESS = "Đơn vị đang phối hợp kiểm tra thực địa, sẽ trả lời ngay khi có kết quả."
NEEDS_TIME = "Cần thêm thời gian kiểm tra thực địa."
UNCLEAR = "Dự thảo chưa nói rõ thời hạn khắc phục."
HELPED = "Đơn vị thống nhất phương án xử lý, sẽ cử cán bộ phối hợp."


def sentences(topic: str, place: str, chance: random.Random) -> Sentences:
    """What is said about a topic; ``place`` is a commune inside a sentence."""
    said, summary, answer = chance.choice(_BY_TOPIC.get(topic, _OTHERWISE))
    return Sentences(said.format(place=place), summary.format(place=place), answer.format(place=place))


def transcript(caller: str, chance: random.Random, *, seconds: float, operator_from: float | None) -> Transcript:
    """The words of a call as a recogniser would give them; the operator speaks from ``operator_from`` on, if at all."""
    words: list[Word] = []
    if operator_from is None:
        _speak(words, caller, "caller", 2.0, chance)
    else:
        at = _speak(words, GREETING, "operator", operator_from + 0.5, chance)
        at = _speak(words, caller, "caller", at + 0.8, chance)
        _speak(words, CLOSING, "operator", at + 1.0, chance)
    end = words[-1].end if words else 0.0
    return Transcript(engine="vosk", model=MODEL, words=tuple(words), seconds=round(max(seconds, end), 2))


def _speak(words: list[Word], text: str, leg: Literal["caller", "operator"], at: float, chance: random.Random) -> float:
    for word in text.split():
        length = chance.uniform(0.18, 0.42)
        confidence = min(chance.betavariate(9, 1.2), 1.0)
        words.append(Word.heard(word, at, at + length, confidence, leg))
        at += length + chance.uniform(0.02, 0.15)
    return at
