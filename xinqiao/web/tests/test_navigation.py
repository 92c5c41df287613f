from xinqiao.web.navigation import Item, rooms

ITEMS = [
    Item("今日", "样式", "web:styleguide", "see"),
    Item("统计", "首页", "home"),
    Item("管理", "没有的", "web:does-not-exist"),
    Item("录入", "不许的", "home", "forbidden"),
]


def test_only_rooms_with_a_page_for_this_role_are_shown_in_their_order() -> None:
    found = rooms(ITEMS, lambda permission: permission == "see", "/styleguide/today/")
    assert [room.key for room in found] == ["今日", "统计"]


def test_the_longest_matching_address_is_current_and_the_home_address_only_for_itself() -> None:
    inside = rooms(ITEMS, lambda permission: True, "/styleguide/today/")
    assert [room.key for room in inside if room.current] == ["今日"]
    at_home = rooms(ITEMS, lambda permission: True, "/")
    assert [room.key for room in at_home if room.current] == ["录入", "统计"]
    elsewhere = rooms(ITEMS, lambda permission: True, "/people/")
    assert not any(room.current for room in elsewhere)
