"""What is asked of who names a view of the ledger."""

from __future__ import annotations

from risk_registry.core.fields import Field, Kind
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import OFFICE_ROLES, Term

#: Who may open a view besides its owner.
SHARES = (
    Term("own", N_("仅本人"), "me alone"),
    Term("organisation", N_("本单位"), "my organisation"),
    Term("all", N_("所有人"), "everybody"),
)

#: How a view names its year.
YEARS = (
    Term("this", N_("总是当年"), "always the current year"),
    Term("last", N_("总是上一年"), "always the year before"),
    Term("fixed", N_("固定为现在的期间"), "fixed to the present period"),
)

#: Roles whose views may be for everybody: the office's own, and who answers for the figures.
SHARE_WITH_ALL = OFFICE_ROLES | {"statistician"}

NAME = Field("name", N_("视图名称"), Kind.TEXT, "view", length=64, help=N_("如：今年未备案的工程项目"))
SHARED = Field("shared", N_("谁可以打开"), Kind.CHOICE, "view", dictionary="share", default="own")
YEAR = Field("kept_year", N_("年度"), Kind.CHOICE, "view", dictionary="view_year")
TITLE = Field(
    "heading",
    N_("台账标题"),
    Kind.TEXT,
    "view",
    length=60,
    help=N_("可不填。由此视图导出和打印的台账用这一标题；不填则用通用标题"),
)
FIELDS = (NAME, SHARED, YEAR, TITLE)
