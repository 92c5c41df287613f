"""Pure rules of the yearly exam."""

from .check import check_exam
from .fields import FIELDS, Field
from .findings import abnormal_parts, missing_parts

__all__ = ["FIELDS", "Field", "abnormal_parts", "check_exam", "missing_parts"]
