"""The JSON API at /api/v1/, for programs: docs/api.md.

endpoint     a view: says what a request may carry, calls one use case, answers
shape        a serializer: the fields of a body, of a query string, or of an answer
problem      an error as application/problem+json, with one of our stable codes
page         a part of a list: `{count, next, previous, results}`

It stands beside the pages and does what they do through the same use cases; neither knows the
other. Only API tokens count here, no cookies.
"""
