"""Which tests would have caught each class of attack in ATTACKS.md that there is a door for."""

import pytest

from tests.kit.source import ROOT, functions, tree

NUMBERS = {*range(1, 25), *range(29, 41)}
"""All but those of upstreams (25 to 28), which this index has none of."""

COVERED: dict[int, tuple[str, ...]] = {
    1: (
        "promises/test_holding.py::test_what_is_hidden_is_neither_listed_nor_served",
        "house/test_visibility.py::test_no_route_tells_what_is_hidden",
    ),
    2: (
        "promises/test_holding.py::test_what_is_hidden_is_neither_listed_nor_served",
        "promises/test_holding.py::test_what_is_uploaded_later_is_under_the_hold_of_its_project",
        "pure/test_downloads.py::test_head_says_what_get_would_send_and_never_opens_the_file",
    ),
    4: (
        "house/test_visibility.py::test_no_route_tells_what_is_hidden",
        "house/test_visibility.py::test_a_planted_route_that_does_not_ask_is_found",
        "promises/test_ending.py::test_a_clock_that_is_set_back_shows_nothing_that_is_held",
    ),
    5: (
        "house/test_visibility.py::test_every_route_that_anyone_may_ask_is_walked",
        "house/test_visibility.py::test_no_route_tells_what_is_withdrawn",
    ),
    6: (
        "promises/test_holding.py::test_what_is_uploaded_later_is_under_the_hold_of_its_project",
        "promises/test_uploading_who.py::"
        "test_row_4_what_is_held_refuses_uploads_until_the_hold_is_undone",
    ),
    8: (
        "promises/test_holding.py::test_several_holds_on_one_subject_add_up",
        "promises/test_ending.py::test_each_of_several_holds_has_its_own_end",
    ),
    9: (
        "specs/test_pep691.py::test_no_two_representations_share_a_validator",
        "pure/test_ready.py::test_a_private_index_says_so_and_varies_on_who_asks",
        "pure/test_errors.py::test_people_read_one_plain_line",
    ),
    10: ("specs/test_pep503.py::test_html_has_what_json_has",),
    11: (
        "promises/test_old_attacks.py::"
        "test_attack_11_another_spelling_of_a_path_opens_nothing_that_is_held",
        "promises/test_hostile_requests.py::test_no_request_breaks_the_index",
    ),
    12: (
        "promises/test_uploading_names.py::test_row_10_a_confusable_name_is_refused",
        "promises/test_uploading_names.py::test_row_11_every_spelling_names_the_same_project",
        "promises/test_uploading_names.py::test_row_12_a_local_version_is_fine_among_friends",
    ),
    13: (
        "promises/test_uploading_names.py::test_row_14_a_file_name_that_could_be_a_path_is_refused",
        "promises/test_uploading_names.py::test_row_15_a_file_is_told_the_name_it_should_have",
        "promises/test_uploading_metadata.py::test_row_29_the_archive_and_the_form_say_the_same",
        "promises/test_hostile_uploads.py::test_file_names_that_are_tricks",
    ),
    14: (
        "promises/test_old_attacks.py::test_attack_14_a_redirect_carries_no_header_of_the_client",
        "promises/test_old_attacks.py::test_attack_14_a_redirect_leads_nowhere_else",
    ),
    16: (
        "specs/test_pep503.py::test_what_an_uploader_wrote_never_becomes_markup",
        "promises/test_hostile_wire.py::test_the_answer_is_one_line_of_text_whatever_the_body_says",
        "promises/test_the_border.py::test_every_answer_has_an_id_and_is_nothing_to_a_browser",
        "promises/test_uploading_metadata.py::"
        "test_row_30_metadata_that_breaks_its_standard_is_refused",
    ),
    17: (
        "pure/test_rss.py::test_markup_is_text_and_controls_are_left_out",
        "pure/test_rss.py::test_no_text_breaks_a_feed",
    ),
    18: (
        "promises/test_uploading_archives.py::test_row_26_a_bomb_is_refused",
        "promises/test_memory.py::test_a_gibibyte_comes_and_goes_in_64_mib",
        "rules/test_wheels.py::test_a_file_that_is_read_whole_has_a_limit",
        "rules/test_bombs.py::test_a_declared_bomb_is_refused_before_anything_is_unpacked",
    ),
    19: (
        "promises/test_uploading_archives.py::test_row_23_a_zip_with_two_readings_is_refused",
        "promises/test_uploading_archives.py::test_row_25_a_tar_that_leaves_its_folder_is_refused",
        "promises/test_hostile_uploads.py::test_archives_that_are_almost_right",
        "rules/test_tars.py::test_a_tar_that_readers_read_differently_is_refused",
    ),
    20: (
        "promises/test_old_attacks.py::test_attack_20_dependencies_are_those_of_the_file",
        "promises/test_uploading_clients.py::test_row_34_other_dependencies_in_the_form_are_told",
    ),
    21: (
        "promises/test_upload_races.py::"
        "test_row_35_of_20_parallel_uploads_of_one_file_one_is_stored",
        "promises/test_upload_races.py::test_row_36_two_accounts_racing_for_a_name_get_one_owner",
        "promises/test_upload_races.py::test_rows_19_and_35_of_two_files_of_one_name_one_is_stored",
    ),
    22: (
        "promises/test_old_attacks.py::test_attack_22_a_withdrawn_file_is_not_replaced",
        "promises/test_uploading_files.py::test_row_20_the_name_of_a_withdrawn_file_stays_taken",
    ),
    23: (
        "promises/test_hostile_wire.py::test_a_length_that_is_no_number_is_turned_away",
        "promises/test_hostile_uploads.py::test_forms_with_odd_parts",
        "promises/test_uploading.py::test_row_6_a_form_that_is_not_an_upload_is_refused",
        "promises/test_uploading.py::test_row_8_a_digest_has_to_be_given_and_right",
        "promises/test_interrupted_uploads.py::test_row_38_a_drip_is_cut_and_nobody_else_waits",
    ),
    24: (
        "promises/test_old_attacks.py::test_attack_24_no_request_makes_the_index_ask_another_host",
        "promises/test_old_attacks.py::test_attack_24_a_description_reads_no_file",
    ),
    29: (
        "promises/test_uploading_who.py::"
        "test_row_4_a_token_of_another_scope_is_not_good_for_uploads",
        "promises/test_uploading_who.py::test_row_4_a_token_of_one_project_is_good_for_that_one",
        "house/test_guards.py::test_every_door_answers_each_who_comes_as_the_table_says",
    ),
    30: (
        "promises/test_old_attacks.py::test_attack_30_nobody_signs_up_as_a_moderator",
        "promises/test_tokens.py::"
        "test_a_token_is_not_revoked_by_another_of_the_same_account_or_by_anybody_else",
    ),
    32: (
        "promises/test_old_attacks.py::test_attack_32_nothing_changes_when_something_is_read",
        "house/test_guards.py::"
        "test_every_door_answers_whom_it_should_and_none_that_is_public_takes_a_write",
    ),
    33: ("promises/test_uploading_who.py::test_row_4_only_members_upload_to_a_project",),
    34: (
        "promises/test_old_attacks.py::"
        "test_attack_34_a_header_does_not_hide_where_guesses_come_from",
    ),
    35: ("promises/test_old_attacks.py::test_attack_35_who_is_suspended_is_so_with_every_token",),
    36: (
        "house/test_guards.py::test_every_door_answers_each_who_comes_as_the_table_says",
        "house/test_journal.py::test_every_write_leaves_entries_that_say_who_and_why",
    ),
    37: ("promises/test_old_attacks.py::test_attacks_37_and_39_no_answer_tells_a_secret",),
    39: (
        "promises/test_old_attacks.py::test_attacks_37_and_39_no_answer_tells_a_secret",
        "promises/test_old_attacks.py::test_attack_39_what_the_index_keeps_is_its_own",
        "promises/test_the_log.py::test_a_secret_in_an_exception_does_not_reach_the_log",
    ),
    40: (
        "promises/test_hostile_requests.py::test_no_request_breaks_the_index",
        "pure/test_negotiation.py::test_a_hostile_header_costs_little",
    ),
}

NO_DOOR: dict[int, str] = {
    3: "Files come from here, never by a redirect to a store.",
    7: "There is one index here, and none that joins others.",
    15: "No page of another index is passed on.",
    31: "There is no trusted publishing yet.",
    38: "There is no restoring from a backup yet.",
}


def test_every_class_of_attack_has_its_tests_or_no_door():
    assert sorted([*COVERED, *NO_DOOR]) == sorted(NUMBERS)


@pytest.mark.parametrize("number", COVERED)
def test_those_tests_exist(number: int):
    missing = [
        test
        for test in COVERED[number]
        for file, _, name in [test.partition("::")]
        if name not in {each.name for each in functions(tree(ROOT / "tests" / file))}
    ]

    assert missing == []
