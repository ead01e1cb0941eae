"""Every setting, read once from the environment. `docs/operations.md` lists them; a test compares the two."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from flask import current_app

from gridcase.core import tiles
from gridcase.core.errors import SetupProblem
from gridcase.core.outward import named_hosts
from gridcase.core.words import N_

PREFIX = "GRIDCASE_"
SHORTEST_KEY = 32  # characters; who guesses the key signs cookies


def setting(default: Any, doc: str, *, secret: bool = False) -> Any:
    """A field of `Config` with the sentence that `docs/operations.md` and `gridcase doctor` show."""
    return field(default=default, metadata={"doc": doc, "secret": secret})


@dataclass(frozen=True)
class Config:
    """The settings of one installation; each is `GRIDCASE_<NAME>` in the environment."""

    env: str = setting("demo", "production, demo or test; production refuses trial settings and demo accounts")
    instance: str = setting(
        "instance", "folder of the embedded database, stored files, lock files and the secret of a demo"
    )
    database_url: str = setting("", "SQLAlchemy URL; empty means SQLite + SpatiaLite in the instance folder")
    owner_url: str = setting("", "PostgreSQL only: URL of the role that owns the tables, used by migrations alone")
    pool_size: int = setting(4, "PostgreSQL connections of one web worker")
    secret_key: str = setting("", "signs cookies; must be set in production", secret=True)
    secret_key_fallbacks: str = setting("", "comma-separated former keys, while they are being replaced", secret=True)
    host: str = setting("127.0.0.1", "address to listen on")
    port: int = setting(8000, "port to listen on")
    workers: int = setting(2, "web processes")
    threads: int = setting(4, "threads of one web process")
    trusted_hosts: str = setting("", "comma-separated host names this site answers to; must be set in production")
    proxy_hops: int = setting(0, "reverse proxies in front whose X-Forwarded-* headers are believed")
    https: bool = setting(False, "cookies are sent over HTTPS only; on in production")
    own_https: bool = setting(
        False, "serve HTTPS without a proxy, by an authority of its own; phones get it from the next port"
    )
    demo_anywhere: bool = setting(False, "serve demo accounts beyond this machine, knowingly")
    idle_minutes: int = setting(30, "a staff session ends after this much rest")
    session_hours: int = setting(12, "a staff session ends after this time at the latest")
    lock_after: int = setting(5, "wrong passwords in a row that lock an account")
    lock_minutes: int = setting(15, "how long a locked account stays locked")
    argon2_memory_kib: int = setting(
        19456, "memory of one password hash (19456 KiB x 2 passes: OWASP's minimum for Argon2id)"
    )
    device_days: int = setting(30, "a phone that was not used for this long must be made known again")
    sync_keep_days: int = setting(180, "days the answer to what a phone sent is kept and repeated (90 at least)")
    sync_per_minute: int = setting(300, "requests of one phone in a minute and web process; more are asked to wait")
    office_hours: str = setting(
        "08:30-12:00,14:00-17:30", "office hours in Asia/Shanghai; one working day counts 8 hours anywhere"
    )
    notice_days: int = setting(7, "days of public notice before points become merit (3 to 15)")
    reopen_days: int = setting(14, "days after closing within which a case can be reopened")
    extensions: int = setting(1, "how often the limit of a case can be extended")
    second_check_percent: int = setting(10, "share of self-solved cases that a section leader looks at again")
    sweep_seconds: int = setting(60, "how often the scheduler looks for what is due")
    site_url: str = setting(
        "", "address under which people open this site, for links in messages; empty: the first trusted host"
    )
    outside_hosts: str = setting(
        "", "comma-separated host or host:port that messages may go to over http, on another port or inside the network"
    )
    mail_host: str = setting("", "mail server for reminders by mail; empty: no mail")
    mail_port: int = setting(465, "port of the mail server")
    mail_security: str = setting("tls", "tls (from the first byte), starttls, or none (inside the machine room only)")
    mail_user: str = setting("", "account at the mail server; empty: none is asked for")
    mail_password: str = setting("", "password of that account", secret=True)
    mail_from: str = setting("", "sender of the mails; must be set with the mail server")
    outbox_days: int = setting(90, "days that messages which have left are kept in the outbox")
    tianditu_key: str = setting(
        "", "base map of Tianditu: the town's own key for browsers; its servers then see which area is looked at"
    )
    tile_url: str = setting(
        "", "base map of one's own tile server, as https://tiles.example/{z}/{x}/{y}.png (web mercator, WGS 84)"
    )
    map_file: str = setting("", "base map as one PMTiles file with pictures (PNG, JPEG, WebP), served by this site")
    tile_credit: str = setting("", "whose map it is, shown under a base map of one's own")
    outbox_file: str = setting("", "trials: write outgoing messages to this file; refused in production")
    now: str = setting("", "trials: the clock, as an ISO time or @FILE; refused in production")

    @property
    def production(self) -> bool:
        """Whether real people's data is served."""
        return self.env == "production"

    @property
    def demo(self) -> bool:
        """Whether pages say DEMO and demo accounts may exist."""
        return self.env == "demo"

    @property
    def folder(self) -> Path:
        """The instance folder, absolute."""
        return Path(self.instance).expanduser().resolve()

    @property
    def url(self) -> str:
        """The database the application uses."""
        return self.database_url or f"sqlite:///{self.folder / 'gridcase.sqlite3'}"

    @property
    def site(self) -> str:
        """The site's address without a slash at its end."""
        if self.site_url:
            return self.site_url.rstrip("/")
        host = next((one for one in self.trusted_hosts.split(",") if one), f"{self.host}:{self.port}")
        return f"{self.scheme}://{host}"

    @property
    def secure(self) -> bool:
        """Whether browsers speak HTTPS to this site, whoever does it."""
        return self.https or self.own_https or self.production

    @property
    def https_folder(self) -> Path:
        """Where the own authority and its certificate lie."""
        return self.folder / "https"

    @property
    def scheme(self) -> str:
        """How addresses of this site begin."""
        return "https" if self.secure else "http"

    @property
    def named_hosts(self) -> frozenset[str]:
        """What `outside_hosts` names, as `host:port`."""
        return named_hosts(self.outside_hosts)

    def checked(self) -> Config:
        """The same settings, or `SetupProblem` with the sentence that says what to change."""
        if self.env not in {"production", "demo", "test"}:
            raise SetupProblem(N_("GRIDCASE_ENV 只能是 production、demo 或 test。"))
        if not 3 <= self.notice_days <= 15:
            raise SetupProblem(N_("GRIDCASE_NOTICE_DAYS 须在 3 到 15 之间。"))
        if self.sync_keep_days < 90 or self.device_days < 1 or self.sync_per_minute < 1:
            raise SetupProblem(N_("GRIDCASE_SYNC_KEEP_DAYS 至少 90，DEVICE_DAYS 和 SYNC_PER_MINUTE 至少 1。"))
        if self.outbox_days < 1:
            raise SetupProblem(N_("GRIDCASE_OUTBOX_DAYS 至少 1。"))
        if self.mail_security not in {"tls", "starttls", "none"}:
            raise SetupProblem(N_("GRIDCASE_MAIL_SECURITY 只能是 tls、starttls 或 none。"))
        if self.mail_host and not self.mail_from:
            raise SetupProblem(N_("设置了 GRIDCASE_MAIL_HOST，就要设置 GRIDCASE_MAIL_FROM。"))
        self._check_base_map()
        if self.own_https and self.proxy_hops:
            raise SetupProblem(
                N_("GRIDCASE_OWN_HTTPS 与 GRIDCASE_PROXY_HOPS 只能设一个：前面有反向代理时，由它做 HTTPS。")
            )
        if self.production:
            self._check_production()
        if self.demo and self.host not in {"127.0.0.1", "localhost", "::1"} and not self.demo_anywhere:
            raise SetupProblem(N_("演示账号只在本机提供服务。确实要对外演示时，请设置 GRIDCASE_DEMO_ANYWHERE=1。"))
        return self

    def _check_base_map(self) -> None:
        if sum(map(bool, (self.tianditu_key, self.tile_url, self.map_file))) > 1:
            raise SetupProblem(N_("GRIDCASE_TIANDITU_KEY、TILE_URL、MAP_FILE 只能设一个。"))
        if self.tianditu_key and tiles.wrong_key(self.tianditu_key):
            raise SetupProblem(N_("GRIDCASE_TIANDITU_KEY 不像天地图的浏览器端密钥：应为 8 到 64 位字母和数字。"))
        if self.tile_url and tiles.wrong_template(self.tile_url):
            raise SetupProblem(N_("GRIDCASE_TILE_URL 须是带 {z}、{x}、{y} 的 http(s) 地址。"))
        reasons = {
            "missing": N_("GRIDCASE_MAP_FILE 读不到：请检查路径和权限。"),
            "unknown": N_("GRIDCASE_MAP_FILE 不是 PMTiles 第 3 版文件。"),
            "vector": N_("GRIDCASE_MAP_FILE 里是矢量瓦片，只支持图片瓦片（PNG、JPEG、WebP）。"),
        }
        if self.map_file and (wrong := tiles.wrong_file(self.map_file)):
            raise SetupProblem(reasons[wrong])

    def _check_production(self) -> None:
        for value, name in ((self.secret_key, "SECRET_KEY"), (self.trusted_hosts, "TRUSTED_HOSTS")):
            if not value:
                raise SetupProblem(N_("正式环境必须设置 GRIDCASE_%(name)s。", name=name))
        for value, name in ((self.now, "NOW"), (self.outbox_file, "OUTBOX_FILE")):
            if value:
                raise SetupProblem(N_("GRIDCASE_%(name)s 只用于试用，正式环境请删除。", name=name))
        if len(self.secret_key) < SHORTEST_KEY:
            raise SetupProblem(N_("GRIDCASE_SECRET_KEY 至少 %(n)s 个字符。", n=SHORTEST_KEY))


def from_env(environ: Mapping[str, str] | None = None, **overrides: Any) -> Config:
    """Read the settings from the environment; keyword arguments win (tests)."""
    source = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for item in fields(Config):
        raw = source.get(PREFIX + item.name.upper())
        if raw is not None:
            values[item.name] = _parse(item.name, item.type, raw)
    values.update(overrides)
    return Config(**values)


def _parse(name: str, kind: Any, raw: str) -> Any:
    if kind == "bool":
        return raw.strip().lower() in {"1", "true", "yes", "on"}
    if kind == "int":
        try:
            return int(raw)
        except ValueError as error:
            text = N_("GRIDCASE_%(name)s 须是整数，现在是“%(raw)s”。", name=name.upper(), raw=raw)
            raise SetupProblem(text) from error
    return raw


def current() -> Config:
    """The settings of the running application."""
    config: Config = current_app.extensions["gridcase"]
    return config
