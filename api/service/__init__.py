"""The service: one live day for dispatchers, planners and technicians, over HTTP.

``store`` holds tables, migrations and transactions; ``security`` users, tokens and roles; ``http`` what every route
shares; ``resources`` a file for each kind of thing; ``jobs`` planning outside the request; ``phone`` the technician's
feed. Handlers parse, call and convert; all meaning is in ``dispatch``.
"""
