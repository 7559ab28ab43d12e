"""The last visit of a browser."""

from streamlit.testing.v1 import AppTest

from console.views.overview import last_visit


def test_a_visit_has_the_end_of_the_previous_one_and_a_reload_continues_it() -> None:
    now, hour = 1_700_000_000, 3600
    assert last_visit.parse_visit("", now).previous_end is None
    # last seen an hour ago: a new visit
    assert last_visit.parse_visit(f"0.{now - hour}", now).previous_end == now - hour
    # last seen a minute ago: the same visit, with the same previous visit
    assert (
        last_visit.parse_visit(f"{now - 30 * hour}.{now - 60}", now).previous_end == now - 30 * hour
    )
    assert last_visit.parse_visit(f"0.{now - 60}", now).previous_end is None
    for wrong in ("1", "a.b", f"0.{now + hour}", f"{now}.{now - 60}", "-5.-4", "1.2.3"):
        assert last_visit.parse_visit(wrong, now).previous_end is None


def test_the_url_can_name_the_time_to_compare_with() -> None:
    def page() -> None:
        import streamlit as st

        from console.views.overview import last_visit

        st.write(f"last {last_visit.read_last_visit()}")

    shown = AppTest.from_function(page)
    shown.query_params["seen"] = "1700000000"
    shown.run()
    assert "last 1700000000.0" in shown.markdown[0].value
    assert "last None" in AppTest.from_function(page).run().markdown[0].value
