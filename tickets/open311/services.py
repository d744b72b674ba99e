"""Topics as GeoReport services, and what must be asked with them. Pure."""

from hotline1022.base.errors import NotFound
from tickets.open311.model import Attribute, Service, ServiceDefinition, Services, Value
from tickets.topics import Topic, Topics

CONSENT = "consent"
"""The code of the one attribute: its description is the notice that a citizen reads."""

NOTICE = "open311-1"
"""The version of ``NOTICE_WORDS``; a consent is stored with it."""

NOTICE_WORDS = (
    "Bắt buộc khi gửi họ tên, số điện thoại hoặc email; phản ánh không ghi những mục này thì không cần. "
    "Người gửi đã đọc và tự đồng ý: Tổng đài 1022 và cơ quan xử lý dùng dữ liệu cá nhân này chỉ để tiếp nhận, trả lời "
    "và khảo sát về phản ánh, theo Luật Bảo vệ dữ liệu cá nhân; có quyền xem, sửa, xoá và rút lại sự đồng ý."
)


def services_of(topics: Topics) -> Services:
    """The topics about which a request may be sent, in the order of the file: not what the hotline only refers elsewhere."""
    return Services(tuple(_service(topic, topics) for topic in topics.topics if topic.referral is None))


def definition_of(topics: Topics, code: str) -> ServiceDefinition:
    """What may be asked with a service. Raises NotFound."""
    attribute = Attribute(
        variable=True,
        code=CONSENT,
        required=False,
        datatype_description="Chọn khi người gửi tự đồng ý; không chọn sẵn.",
        order=1,
        description=NOTICE_WORDS,
        values=(Value(key="true", name="Tôi đồng ý"),),
    )
    return ServiceDefinition(service_code=topic_of(topics, code).code, attributes=(attribute,))


def topic_of(topics: Topics, code: str) -> Topic:
    """The topic of a service. Raises NotFound, which for complaints and denunciations says where they belong."""
    topic = topics.topic(code) if code in topics.codes else None
    if topic is None:
        raise NotFound("Không có dịch vụ (service_code) này", remedy="chọn mã trong danh sách services")
    if topic.referral is not None:
        raise NotFound(topic.referral)
    return topic


def _service(topic: Topic, topics: Topics) -> Service:
    return Service(
        service_code=topic.code,
        service_name=topic.name,
        description=f"Phản ánh, kiến nghị về lĩnh vực: {topic.name}.",
        metadata=True,
        keywords=topic.name.replace(";", ","),
        group=topics.name_of(topics.wider(topic.code)[-1]),
    )
