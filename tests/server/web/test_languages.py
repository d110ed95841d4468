"""The page in every language: complete, and in the language that the visitor chose."""

import json
import re

import pytest
from pictures import ROOT

from server.web import languages

FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "static/lang").glob("*.json")}


def flat(branch, stem=""):
    if isinstance(branch, str):
        return {stem: branch}
    return {key: text for name, part in branch.items() for key, text in flat(part, f"{stem}.{name}".strip(".")).items()}


@pytest.mark.parametrize("language", FILES)
def test_every_language_has_all_keys_of_english(language):
    english, other = flat(FILES["en"]), flat(FILES[language])
    assert other.keys() == english.keys()
    for key, text in other.items():
        assert text.strip(), key
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", None, "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "fr", "en"),
        ("?lang=zh", "en", "zh"),
        ("?lang=en", "zh", "en"),
        ("?lang=../settings", "zh", "zh"),
    ],
)
def test_the_page_is_in_the_language_asked_for(client, query, accepted, language):
    answer = client.get(f"/{query}", headers={"Accept-Language": accepted} if accepted else {})
    assert f'<html lang="{language}"' in answer.text
    assert f"lang/{language}.json" in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("cookie", "query", "language"), [("zh", "", "zh"), ("zh", "?lang=en", "en"), ("xx", "", "en")]
)
def test_the_chosen_language_has_priority_over_the_browsers(client, cookie, query, language):
    client.set_cookie(languages.COOKIE, cookie)
    answer = client.get(f"/{query}", headers={"Accept-Language": "en"})
    client.delete_cookie(languages.COOKIE)
    assert f'<html lang="{language}"' in answer.text
    assert "Cookie" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/api/timeline?timeline=gone", "/api/confusion?model=gone"])
def test_a_missing_timeline_or_model_has_a_text_in_every_language(client, path):
    kind = client.get(path).get_json()["type"]
    assert kind in FILES["en"]["problems"]


@pytest.mark.parametrize("kind", ["overloaded", "too-many-requests", "training-runs", "body-too-large"])
def test_every_common_problem_has_a_text_in_every_language(kind):
    assert FILES["en"]["problems"][kind].keys() == {"title", "detail"}


def test_every_key_that_a_script_uses_has_a_text():
    known = flat(FILES["en"])
    for path in (ROOT / "static/js").rglob("*.js"):
        for key in re.findall(r'\bt\("([^"]+)"', path.read_text(encoding="utf-8")):
            assert key in known, f"{path.name}: {key}"


def test_an_unknown_key_is_an_error():
    with pytest.raises(KeyError):
        languages.translations("en")("panels.nothing")
