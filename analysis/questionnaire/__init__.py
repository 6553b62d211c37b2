"""The questionnaires as forms to field: XLSForm, LimeSurvey, an Excel template; all built from the codebooks."""

from analysis.questionnaire.collect import collect
from analysis.questionnaire.form import Form, load_form
from analysis.questionnaire.limesurvey import write_limesurvey
from analysis.questionnaire.workbook import write_template
from analysis.questionnaire.xlsform import write_xlsform

__all__ = ["Form", "collect", "load_form", "write_limesurvey", "write_template", "write_xlsform"]
