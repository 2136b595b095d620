"""The one family of errors that a person can mend: said in one line, exit code 2, never a traceback."""


class UserError(Exception):
    """Something is wrong with what was asked for; the text names it and says what to do."""
