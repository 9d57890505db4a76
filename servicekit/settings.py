"""All settings, in one place. Environment variables with the prefix `SHENGUAN_`; unknown ones are
refused, so that a misspelt setting stops the start and not the service.
"""

import os
from collections.abc import Mapping
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SHENGUAN_"
SERVICES = ("catalog", "intake", "approval", "supervision")
DATABASES = (*SERVICES, "gateway", "console", "log")


class UnknownSetting(Exception):
    """A `SHENGUAN_` variable that no setting knows."""


class Settings(BaseSettings):
    """Values are read once, at the start of a process, and passed on."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    site: str = Field(
        default="local", description="站点标识，写入事件来源 /shenguan/<site>/<service>"
    )
    profile: str = Field(
        default="zhanggong", description="地方配置（profiles/ 下的文件夹名或路径）"
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="对外网址，印在文书二维码下方"
    )
    port: int = Field(default=8000, description="网关端口；其他部件见 conventions")

    postgres_url: str | None = Field(
        default=None, description="一台 PostgreSQL 服务器；各库名按约定补全"
    )
    catalog_postgres_url: str | None = Field(default=None, description="目录服务运行库")
    intake_postgres_url: str | None = Field(default=None, description="收件服务运行库")
    approval_postgres_url: str | None = Field(default=None, description="审批服务运行库")
    supervision_postgres_url: str | None = Field(default=None, description="监管服务运行库")
    gateway_postgres_url: str | None = Field(default=None, description="网关运行库")
    console_postgres_url: str | None = Field(default=None, description="控制台运行库")
    log_postgres_url: str | None = Field(default=None, description="PostgreSQL 事件日志库")
    catalog_owner_postgres_url: str | None = Field(default=None, description="目录库属主（迁移用）")
    intake_owner_postgres_url: str | None = Field(default=None, description="收件库属主")
    approval_owner_postgres_url: str | None = Field(default=None, description="审批库属主")
    supervision_owner_postgres_url: str | None = Field(default=None, description="监管库属主")
    gateway_owner_postgres_url: str | None = Field(default=None, description="网关库属主")
    console_owner_postgres_url: str | None = Field(default=None, description="控制台库属主")
    log_owner_postgres_url: str | None = Field(default=None, description="事件日志库属主")
    pool_size: int = Field(default=8, ge=1, le=64, description="每进程数据库连接数")

    transport: Literal["postgres", "kafka"] = Field(
        default="postgres", description="事件传输：单机用 postgres，正式环境用 kafka"
    )
    kafka_bootstrap_servers: str | None = Field(default=None, description="Kafka 地址")
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="Kafka 安全协议"
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="SASL 机制"
    )
    kafka_username: str | None = Field(default=None, description="Kafka 用户名")
    kafka_password: str | None = Field(default=None, description="Kafka 口令", repr=False)
    kafka_ca_file: str | None = Field(default=None, description="Kafka CA 证书文件")

    oidc_issuer: str | None = Field(
        default=None, description="外部 OIDC 发行者；为空则使用开发用发行者"
    )
    oidc_jwks_url: str | None = Field(default=None, description="公钥集地址；默认由发行者推出")
    oidc_audience: str = Field(default="shenguan", description="令牌受众")
    oidc_org_claim: str = Field(default="org", description="机构声明的路径")
    oidc_roles_claim: str = Field(default="roles", description="角色声明的路径，可用点分")
    oidc_client_id: str | None = Field(
        default=None, description="网关自己的客户端编号（外部发行者，须有 internal 范围）"
    )
    oidc_client_secret: str | None = Field(
        default=None, description="网关自己的客户端密钥", repr=False
    )
    trusted_proxies: str = Field(
        default="127.0.0.1 ::1",
        description="网关信任其 X-Forwarded-For 的地址或网段（反向代理、控制台），空格分隔",
    )
    caller_rate: str = Field(default="200/second", description="每个调用方的请求频率上限")
    public_rate: str = Field(default="100/second", description="每个来源地址的公开请求频率上限")
    guess_rate: str = Field(
        default="60/minute", description="每个来源地址核验文书、令牌出错的频率上限"
    )

    keys_file: str | None = Field(default=None, description="密钥文件（个人信息、交换、文件）")
    max_body_bytes: int = Field(default=1_000_000, description="请求体上限（字节），材料除外")
    max_material_bytes: int = Field(default=20_000_000, description="单份材料上限（字节）")
    rehearsal_allowed: bool = Field(default=True, description="是否允许演练件")
    catalog_url: str = Field(default="http://127.0.0.1:8001", description="目录服务地址")
    intake_url: str = Field(default="http://127.0.0.1:8002", description="收件服务地址")
    approval_url: str = Field(default="http://127.0.0.1:8003", description="审批服务地址")
    supervision_url: str = Field(default="http://127.0.0.1:8004", description="监管服务地址")
    console_url: str = Field(default="http://127.0.0.1:8005", description="控制台地址")
    gateway_url: str = Field(default="http://127.0.0.1:8000", description="网关地址（控制台调用）")
    run_dir: str = Field(default=".run", description="运行时文件夹")
    log_level: str = Field(default="INFO", description="日志级别")

    @property
    def issuer(self) -> str:
        """Who signs tokens: the outside issuer, or the gateway's own for development."""
        return self.oidc_issuer or self.public_url

    @property
    def jwks_url(self) -> str:
        """Where the issuer's keys are read."""
        if self.oidc_jwks_url:
            return self.oidc_jwks_url
        base = self.oidc_issuer or self.gateway_url
        return f"{base.rstrip('/')}/.well-known/jwks.json"

    @property
    def development(self) -> bool:
        """True while no outside issuer is set: development issuer and controlled clock exist."""
        return self.oidc_issuer is None

    def database_url(self, name: str, *, owner: bool = False) -> str:
        """SQLAlchemy URL (asyncpg) of a service's database, as runtime role or as owner."""
        field = f"{name}_owner_postgres_url" if owner else f"{name}_postgres_url"
        explicit: str | None = getattr(self, field)
        if explicit:
            return _asyncpg(explicit)
        if self.postgres_url:
            return f"{_asyncpg(self.postgres_url).rstrip('/')}/shenguan_{name}"
        msg = f"set {PREFIX}{field.upper()} or {PREFIX}POSTGRES_URL"
        raise UnknownSetting(msg)


def _asyncpg(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"postgresql+asyncpg://{rest}" if scheme != "postgresql+asyncpg" else url


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings of this process; raises UnknownSetting naming every variable nobody knows."""
    environ = os.environ if environ is None else environ
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    unknown = sorted(
        name
        for name in environ
        if name.startswith(PREFIX) and not name.startswith(f"{PREFIX}TEST_") and name not in known
    )
    if unknown:
        msg = f"未知设置 {', '.join(unknown)}：请更正拼写，或用 shenguan settings 查看全部设置"
        raise UnknownSetting(msg)
    return Settings()
