"""Synchronizing: plan (pure), apply (an iterator of events), compare, render.

plan       the result of (scope, source snapshot, target snapshot): what to do and what to refuse
step       what the plan does with one resource or category
refusal    a resource that the plan leaves alone, with its reason
event      what apply reports after each batch; between two events it can be stopped
"""
