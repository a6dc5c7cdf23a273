"""Causes: what two hundred failures have in common is told once."""

from __future__ import annotations

from tcsync.sync.causes import cause_of


def test_names_numbers_digests_and_quotes_do_not_tell_causes_apart():
    one = cause_of("digest", "Revision 12 of Radio has 'x' and ab12cd34ef.", "Radio", "r-1")
    other = cause_of("digest", "Revision 7 of Rover has 'yy' and 99aa88bb77.", "Rover", "r-2")
    assert one == other


def test_other_words_or_another_code_are_another_cause():
    causes = {
        cause_of("gone", "Radio: it was removed.", "Radio"),
        cause_of("gone", "Radio: it is hidden.", "Radio"),
        cause_of("missing", "Radio: it was removed.", "Radio"),
    }
    assert len(causes) == 3


def test_a_name_inside_another_one_is_taken_out_last():
    one = cause_of("x", "Radio 2 is bad", "Radio", "Radio 2")
    assert one == cause_of("x", "Rover is bad", "Rover")
