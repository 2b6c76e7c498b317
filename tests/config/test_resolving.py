"""From names and flags to models: addresses, keys, weights and prices."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.config.models import resolve
from proofagent.config.prices import FREE, Price, listed
from proofagent.config.providers import PROVIDERS
from proofagent.config.settings import ModelTable, ProviderTable, Settings
from proofagent.errors import ConfigError

OWN = Price(input=Decimal(7), output=Decimal(8))
TAKEN = Price(input=Decimal(1), output=Decimal(2))


@pytest.fixture(autouse=True)
def price_list(monkeypatch):
    """A list of prices that stays the same while real ones change."""
    monkeypatch.setattr("proofagent.config.models.listed", lambda: {"openai/gpt": TAKEN, "ollama/llama": TAKEN})


def one(name, settings=None, **flags):
    (spec,) = resolve([name], settings or Settings(), **flags)
    return spec


@pytest.mark.parametrize("name", PROVIDERS)
def test_providers_are_known_by_name(name):
    """Each has its address, its protocol and its key; models on this machine cost nothing."""
    spec = one(f"{name}/some/model:tag")
    assert (spec.id, spec.name) == (f"{name}/some/model:tag", "some/model:tag")
    assert spec.provider == PROVIDERS[name]
    assert spec.provider.wire == ("anthropic" if name == "anthropic" else "openai")
    here = "localhost" in spec.provider.base_url
    assert bool(spec.provider.key_env) is not here
    assert (spec.price, spec.price_from) == ((FREE, "this machine") if here else (None, "unknown"))


@pytest.mark.parametrize("name", ["", "/", "gpt", "openai/", "/gpt", "openai", "=2", "openai/g\npt", "openai/\x1b[31m"])
def test_a_name_has_two_parts(name):
    """Anything else is a mistake, with an example of what is right."""
    with pytest.raises(ConfigError, match="provider/name"):
        one(name)


def test_an_unknown_provider_needs_an_address():
    """The error lists the known ones, and says how to give the address of another."""
    with pytest.raises(ConfigError, match=r"`mine` is not known \(openai, .*\[providers\.mine\]"):
        one("mine/gpt")
    assert one("mine/gpt", base_url="https://h.example/v1/").provider.base_url == "https://h.example/v1"
    table = Settings(providers={"mine": ProviderTable(base_url="https://h.example/v1", wire="anthropic")})
    spec = one("mine/gpt", table)
    assert (spec.provider.base_url, spec.provider.wire) == ("https://h.example/v1", "anthropic")
    assert (spec.provider.key_env, spec.provider.takes_n, spec.provider.newer_limit) == ("", False, False)


@pytest.mark.parametrize(
    ("text", "weight"),
    [("openai/gpt", 1.0), ("openai/gpt=2", 2.0), ("openai/gpt=0.25", 0.25), (" openai/gpt=1e2 ", 100)],
)
def test_a_weight_stands_behind_the_name(text, weight):
    """It is no part of the name."""
    spec = one(text)
    assert (spec.id, spec.name, spec.table.weight) == ("openai/gpt", "gpt", weight)


@pytest.mark.parametrize("weight", ["", "0", "-1", "nan", "inf", "much", "1,5", "2=3", "1e999"])
def test_a_weight_is_a_number_above_0(weight):
    """What is none is a mistake that shows the whole name."""
    with pytest.raises(ConfigError, match="openai/gpt="):
        one(f"openai/gpt={weight}")


def test_the_weight_of_the_name_goes_before_that_of_the_file():
    """A flag counts more than a file."""
    settings = Settings(models={"openai/gpt": ModelTable(weight=3)})
    assert one("openai/gpt", settings).table.weight == 3
    assert one("openai/gpt=5", settings).table.weight == 5


def test_flags_go_before_the_file_and_keep_the_rest():
    """What no flag says stays as the file says it; 0 is a temperature."""
    table = ModelTable(samples=2, temperature=1.0, max_tokens=99, stop=("x",))
    settings = Settings(models={"openai/gpt": table})
    assert one("openai/gpt", settings).table == table
    spec = one("openai/gpt", settings, samples=5, temperature=0.0)
    assert spec.table == table.model_copy(update={"samples": 5, "temperature": 0.0})
    assert one("openai/other", settings).table == ModelTable()


@pytest.mark.parametrize(
    ("flag", "value"), [("samples", 0), ("samples", 65), ("temperature", 2.5), ("temperature", -1.0)]
)
def test_a_flag_out_of_range_is_a_mistake(flag, value):
    """The error names the setting."""
    with pytest.raises(ConfigError, match=f"openai/gpt: {flag}: "):
        one("openai/gpt", **{flag: value})


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({"base_url": "h.example"}, "--base-url: an address begins with"),
        ({"base_url": "https://u:S3cret@h/v1"}, "--base-url: an address holds no user"),
        ({"key_env": "sk-S3cret"}, "--key-env: "),
    ],
)
def test_a_flag_that_cannot_be_is_named(flags, says):
    """The error begins with the flag, and does not repeat a secret."""
    with pytest.raises(ConfigError) as caught:
        one("openai/gpt", **flags)
    assert str(caught.value).startswith(says)
    assert "S3cret" not in str(caught.value)


def test_the_same_model_twice_is_a_mistake():
    """More answers are more samples; order is kept."""
    with pytest.raises(ConfigError, match="openai/gpt is named twice"):
        resolve(["openai/gpt", "ollama/x", "openai/gpt=2"], Settings())
    assert [spec.id for spec in resolve(["b/x", "a/x"], Settings(), base_url="http://h")] == ["b/x", "a/x"]
    assert resolve([], Settings()) == ()


ELSEWHERE = "https://elsewhere.example/v1"
# Flags and settings for `openai`, and the variable whose key is sent.
KEYS = {
    "known": ({}, {}, "OPENAI_API_KEY"),
    "the same address": ({"base_url": PROVIDERS["openai"].base_url + "/"}, {}, "OPENAI_API_KEY"),
    "elsewhere by flag": ({"base_url": ELSEWHERE}, {}, ""),
    "elsewhere by file": ({}, {"base_url": ELSEWHERE}, ""),
    "without encryption": ({"base_url": "http://api.openai.com/v1"}, {}, ""),
    "a look-alike": ({"base_url": "https://api.openai.com.example/v1"}, {}, ""),
    "another path": ({"base_url": "https://api.openai.com/v2"}, {}, ""),
    "named by flag": ({"key_env": "MINE"}, {}, "MINE"),
    "named by file": ({}, {"key_env": "MINE"}, "MINE"),
    "elsewhere and named by flag": ({"base_url": ELSEWHERE, "key_env": "MINE"}, {}, "MINE"),
    "elsewhere and named by file": ({}, {"base_url": ELSEWHERE, "key_env": "MINE"}, "MINE"),
    "elsewhere by file and named by flag": ({"key_env": "FLAG"}, {"base_url": ELSEWHERE, "key_env": "MINE"}, "FLAG"),
    "the file's key is not for the flag's address": ({"base_url": ELSEWHERE}, {"key_env": "MINE"}, ""),
    "nor is that of the file's address": ({"base_url": ELSEWHERE}, {"base_url": "https://b/v1", "key_env": "MINE"}, ""),
    "none at all": ({}, {"key_env": ""}, ""),
}


@pytest.mark.parametrize("case", KEYS)
def test_a_key_goes_to_the_server_that_it_is_for(case):
    """A provider's key is sent to its own address alone; another one gets the key that was named for it, or none."""
    flags, table, variable = KEYS[case]
    settings = Settings(providers={"openai": ProviderTable(**table)})
    spec = one("openai/gpt", settings, **flags)
    assert spec.provider.key_env == variable
    environment = {"OPENAI_API_KEY": "sk-openai", "MINE": "sk-mine", "FLAG": "sk-flag", "": "sk-nobody"}
    assert spec.key(environment) == (environment[variable] if variable else "")
    assert "sk-" not in repr(spec)


def test_what_a_server_can_do_is_known_of_the_provider_alone():
    """Another address may be another program: it gets one answer at a time, and the older name of the limit."""
    here, there = one("openai/gpt"), one("openai/gpt", base_url=ELSEWHERE)
    assert (here.provider.takes_n, here.provider.newer_limit) == (True, True)
    assert (there.provider.takes_n, there.provider.newer_limit) == (False, False)
    settings = Settings(providers={"openai": ProviderTable(base_url=ELSEWHERE, takes_n=True)})
    assert one("openai/gpt", settings).provider.takes_n is True
    assert one("anthropic/x", base_url=ELSEWHERE).provider.wire == "anthropic"


def test_a_missing_key_is_empty():
    """Whether one is needed is not known here; white space is no part of one."""
    spec = one("openai/gpt")
    assert spec.key({}) == spec.key({"OPENAI_API_KEY": " "}) == ""
    assert spec.key({"OPENAI_API_KEY": " sk-1\n"}) == "sk-1"


LOCAL = "http://127.0.0.1:9/v1"
# Name, flags, settings of the model, whether a price of one's own is set; the price and where it is from.
PRICES = {
    "list": ("openai/gpt", {}, {}, False, TAKEN, "list"),
    "own before list": ("openai/gpt", {}, {}, True, OWN, "settings"),
    "own before this machine": ("ollama/llama", {}, {}, True, OWN, "settings"),
    "this machine before list": ("ollama/llama", {}, {}, False, FREE, "this machine"),
    "this machine by flag": ("openai/gpt", {"base_url": LOCAL}, {}, False, FREE, "this machine"),
    "another seller": ("openai/gpt", {"base_url": ELSEWHERE}, {}, False, None, "unknown"),
    "own for another seller": ("openai/gpt", {"base_url": ELSEWHERE}, {}, True, OWN, "settings"),
    "unknown": ("openai/other", {}, {}, False, None, "unknown"),
    "said to be free": ("openai/gpt", {}, {"local": True}, False, FREE, "this machine"),
    "said not to be free": ("openai/gpt", {"base_url": LOCAL}, {"local": False}, False, None, "unknown"),
    "listed and not free": ("ollama/llama", {}, {"local": False}, False, TAKEN, "list"),
    "a look-alike of here": ("openai/gpt", {"base_url": "http://localhost.example/v1"}, {}, False, None, "unknown"),
    "dated": ("openai/gpt-2025-10-01", {}, {}, False, TAKEN, "list"),
    "dated otherwise": ("openai/gpt-20251001", {}, {}, False, TAKEN, "list"),
    "another version": ("openai/gpt-5", {}, {}, False, None, "unknown"),
    "by number": ("openai/gpt", {"base_url": "http://[::1]:9/v1"}, {}, False, FREE, "this machine"),
}


@pytest.mark.parametrize("case", PRICES)
def test_whose_price_counts(case):
    """One's own goes first, then being served by this machine, then the list for the provider's own address."""
    name, flags, table, own, price, origin = PRICES[case]
    settings = Settings(models={name: ModelTable(**table)}, prices={name: OWN} if own else {})
    spec = one(name, settings, **flags)
    assert (spec.price, spec.price_from) == (price, origin)


def test_the_list_of_the_package_can_be_read():
    """Every name in it has a known provider; output costs no less than input, and input no less from a cache."""
    prices = listed()
    assert prices
    for name, price in prices.items():
        provider, _, model = name.partition("/")
        assert provider in PROVIDERS, name
        assert model, name
        assert price.input <= price.output, name
        assert (price.cached or 0) <= price.input, name


@given(st.text(max_size=30))
def test_no_name_crashes(name):
    """Whatever is given for a model, it is one or a mistake."""
    try:
        spec = one(name, base_url=ELSEWHERE)
    except ConfigError as error:
        assert str(error)  # noqa: PT017
    else:
        assert spec.id == f"{spec.id.partition('/')[0]}/{spec.name}"


def test_white_space_is_no_part_of_a_name():
    """`openai/gpt = 2` is the model gpt."""
    assert one("openai/gpt = 2").name == "gpt"
