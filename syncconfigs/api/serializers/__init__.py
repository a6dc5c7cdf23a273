"""Shapes of the API, a module per area.

A body and a query string refuse what they do not know and never repeat what they refuse; an answer
names each of its fields, so that nothing leaves by itself. A field may be called as an attribute
of every field is (`parent`, `data`): the metaclass takes it out of the class.
"""
