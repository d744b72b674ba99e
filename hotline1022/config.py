"""Every setting of an installation, its default and its meaning. Rules (deadlines, flows, agencies) are data files, not settings.

Sources, the first that knows a setting wins: environment variables ``HOTLINE_...``, then files of one value each in the folder of
secrets (``hotline_database_url`` and so on, as container engines lay them), then ``secrets.env`` and ``settings.env`` in the data
folder. The first start writes both files; secrets are generated there and nowhere else.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from hotline1022.base.errors import HotlineError

FOUR_EYES = ("calendars", "official-days", "policies", "default", "survey")
"""The province's files that a second person brings into force, unless the installation says otherwise: deadlines and flows."""


class Settings(BaseSettings):
    """The settings of one installation. Ports are TCP unless said otherwise; addresses are loopback unless configured."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", extra="ignore", frozen=True)

    data: Path = Field(
        Path("var"), description="Thư mục giữ mọi dữ liệu khi chạy: cơ sở dữ liệu, ghi âm, cấu hình sinh ra, nhật ký."
    )
    secrets_folder: Path | None = Field(
        None,
        description="Thư mục chứa mỗi bí mật một tệp, ví dụ /run/secrets/hotline_database_url; để trống: không có.",
    )
    hotline_number: str = Field("1022", pattern=r"^[0-9]{3,12}$", description="Số mà người dân bấm.")

    database_url: str = Field(
        "", description="URL SQLAlchemy; để trống: tệp SQLite trong thư mục dữ liệu. Ví dụ postgresql+asyncpg://..."
    )
    jobs_database_url: str = Field(
        "", description="URL cho hàng việc bền (DBOS); để trống: tệp SQLite riêng trong thư mục dữ liệu."
    )
    node_name: str = Field(
        "node-1",
        pattern=r"^[a-z0-9-]{1,40}$",
        description="Tên cố định của máy này; việc dở dang được làm tiếp theo tên.",
    )

    http_bind: str = Field("127.0.0.1", description="Địa chỉ mà dịch vụ lắng nghe.")
    http_port: int = Field(8022, description="Cổng HTTP của dịch vụ (trang điều hành, API, sức khoẻ).")
    panel_url: str = Field(
        "",
        pattern=r"^(https?://[A-Za-z0-9.:\[\]-]+)?$",
        description="Địa chỉ mà trình duyệt mở trang điều hành, ví dụ https://1022.dongthap.gov.vn; https thì cookie chỉ đi qua HTTPS.",
    )
    second_factor_roles: list[Literal["administrator", "leader", "operator", "officer", "approver"]] = Field(
        ["administrator", "leader"],
        description="Vai trò phải bật xác nhận hai bước trước khi làm việc; [] là không bắt buộc.",
    )
    http_proxies: list[str] = Field(
        [], description="Địa chỉ hoặc mạng của máy chủ trung gian (reverse proxy) mà X-Forwarded-For được tin."
    )

    four_eyes: list[str] = Field(
        list(FOUR_EYES),
        description="Tệp của tỉnh mà người sửa không được tự đưa vào dùng; [] là ai sửa cũng tự đưa vào dùng được.",
    )

    asterisk_program: Path | None = Field(
        None, description="Chương trình asterisk (>= 20); để trống: tìm trên PATH, rồi bản đặt trong thư mục dữ liệu."
    )
    sip_bind: str = Field("127.0.0.1", description="Địa chỉ SIP và RTP lắng nghe.")
    sip_port: int = Field(5060, description="Cổng SIP (UDP).")
    rtp_first_port: int = Field(20000, description="Cổng RTP đầu tiên (UDP).")
    rtp_last_port: int = Field(20999, description="Cổng RTP cuối cùng (UDP).")
    trunk_addresses: list[str] = Field(
        ["127.0.0.2"], description="Địa chỉ của nhà mạng được phép gọi vào; cuộc gọi từ địa chỉ khác bị từ chối."
    )
    trunk_outgoing: str = Field(
        "", description="Địa chỉ:cổng SIP của nhà mạng để tổng đài gọi ra (khảo sát); để trống: không gọi ra."
    )
    trunk_watch_seconds: int = Field(
        30,
        ge=0,
        le=3600,
        description="Bao nhiêu giây hỏi thăm nhà mạng một lần (SIP OPTIONS); 0: không hỏi, khi nhà mạng không trả lời câu hỏi ấy.",
    )
    outgoing_number: str = Field(
        "", pattern=r"^[0-9]{0,15}$", description="Số hiện ra khi tổng đài gọi ra; để trống: số tổng đài."
    )
    outgoing_format: Literal["national", "international"] = Field(
        "national", description="Nhà mạng muốn số được quay thế nào: 0912345678 (national) hay 84912345678."
    )
    outgoing_channels: int = Field(
        2, ge=1, le=200, description="Số cuộc gọi ra cùng lúc nhiều nhất của mọi máy; không vượt số kênh của trung kế."
    )
    outgoing_calls_a_minute: int = Field(
        20, ge=1, le=600, description="Số cuộc gọi ra nhiều nhất bắt đầu trong một phút."
    )
    ari_port: int = Field(8088, description="Cổng HTTP của Asterisk (ARI), chỉ trên loopback.")
    ami_port: int = Field(5038, description="Cổng AMI của Asterisk, chỉ trên loopback.")
    calls_port: int = Field(
        8023, description="Cổng mà Asterisk gọi tới dịch vụ, mỗi cuộc gọi một websocket, chỉ trên loopback."
    )

    hours: Literal["rules", "always"] = Field(
        "rules",
        description="Giờ trực: rules theo lịch trong rules/calendars.yaml; always là lúc nào cũng trong giờ, khảo sát gọi ngay (chạy thử).",
    )
    silence_means_recorded: bool = Field(
        True,
        description="Người gọi im lặng sau thông báo ghi âm: true là được ghi âm, false là phải bấm phím 8 mới ghi.",
    )

    recogniser: Literal["auto", "vosk", "whisper", "none"] = Field(
        "auto",
        description="Bộ nhận dạng tiếng nói; auto: Vosk tiếng Việt nếu có mô hình, không thì Whisper, không nữa thì chép sau.",
    )
    transcriber_port: int = Field(8024, description="Cổng điều khiển của tiến trình nhận dạng, chỉ trên loopback.")
    audio_port: int = Field(8025, description="Cổng AudioSocket của tiến trình nhận dạng, chỉ trên loopback.")

    turn_url: str = Field(
        "",
        pattern=r"^(turns?:[A-Za-z0-9.:\[\]-]+(\?transport=(udp|tcp))?)?$",
        description="Máy chủ TURN cho tiếng của điện thoại viên ở sau NAT, ví dụ turn:1022.dongthap.gov.vn:3478; để trống: không dùng.",
    )

    ari_password: SecretStr = SecretStr("")
    ami_secret: SecretStr = SecretStr("")
    calls_password: SecretStr = SecretStr("")
    service_token: SecretStr = SecretStr("")
    survey_key: SecretStr = SecretStr("")
    account_key: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")
    turn_secret: SecretStr = SecretStr("")

    @classmethod
    def load(cls, data: Path | None = None) -> Self:
        """The settings of the installation whose data folder is ``data``, else ``HOTLINE_DATA``, else ``var``."""
        folder = data or Path(os.environ.get("HOTLINE_DATA", "var"))
        files = (folder / "settings.env", folder / "secrets.env")
        secrets = os.environ.get("HOTLINE_SECRETS_FOLDER") or None
        if secrets and not Path(secrets).is_dir():
            raise HotlineError(
                f"Không có thư mục bí mật {secrets}",
                remedy="tạo thư mục này, hoặc bỏ HOTLINE_SECRETS_FOLDER rồi chạy lại",
            )
        try:
            return cls(_env_file=files, _secrets_dir=secrets, data=folder.absolute())  # type: ignore[call-arg]
        except (ValidationError, SettingsError) as error:
            raise HotlineError(
                f"Cài đặt không hợp lệ: {_told(error)}", remedy=f"sửa biến môi trường hoặc {files[0]} rồi chạy lại"
            ) from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (given by pydantic-settings)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """A secret that was handed to the process as a file is used rather than one that an earlier start generated."""
        return init_settings, env_settings, file_secret_settings, dotenv_settings

    @cached_property
    def http_reach(self) -> str:
        """The address at which this machine itself reaches the service."""
        return _reach(self.http_bind)

    @cached_property
    def sip_reach(self) -> str:
        """The address at which this machine itself reaches Asterisk's SIP."""
        return _reach(self.sip_bind)

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy URL that is really used."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data / 'hotline.sqlite'}"

    @cached_property
    def jobs_database(self) -> str:
        """The durable engine's URL that is really used."""
        return self.jobs_database_url or f"sqlite:///{self.data / 'jobs.sqlite'}"


def _reach(bound: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bound, bound)  # noqa: S104 - compared, not bound


def _told(error: ValidationError | SettingsError) -> str:
    """Which settings are wrong, without their values: one may be a secret."""
    if isinstance(error, ValidationError):
        names = {f"HOTLINE_{str(wrong['loc'][0]).upper()} ({wrong['msg']})" for wrong in error.errors()}
        return ", ".join(sorted(names))
    return str(error)
