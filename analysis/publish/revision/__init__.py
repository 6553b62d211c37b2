"""What changes in the published report between two methods or editions, as tracked changes."""

from analysis.publish.revision.document import Unit, read_document
from analysis.publish.revision.matching import Change, compare_documents
from analysis.publish.revision.page import write_revision

__all__ = ["Change", "Unit", "compare_documents", "read_document", "write_revision"]
