"""The pages of the portal, a module per area.

A view reads the request, calls one use case and renders; `visible` says what somebody may see,
`page` draws the frame around every page, `standing` finds the word for a state.
"""
