"""Settings files: what they may hold, and how a mistake in one is said."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.config.prices import Price
from proofagent.config.settings import ModelTable, Profile, ProviderTable, Settings, load_settings
from proofagent.errors import ConfigError

WHOLE = """
profile = "cheap"

[profiles.cheap]
models = ["ollama/qwen3=2", "openai/gpt-4o-mini"]
via = ["whole", "step"]
samples = 4
temperature = 0.8
repairs = 2
tokens = 100000
dollars = 0.1
prompts = "prompts"
portfolio = true
refute = false

[models."openai/gpt-4o-mini"]
temperature = 1
max_tokens = 4096
samples = 2
seed = 7
stop = ["QED"]
structured = true
timeout = 60
tries = 3
concurrency = 16
weight = 0.5
local = false

[providers.mine]
base_url = "https://models.example.com/v1/"
key_env = "MINE_KEY"
wire = "anthropic"
takes_n = true
newer_limit = true

[prices."mine/large"]
input = 0.1
output = 0.3
cached = 0.01
cache_write = "0.125"
"""


@pytest.fixture
def loaded(tmp_path):
    """Reads settings from text or bytes."""

    def load(text):
        path = tmp_path / "some.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_settings(path, {})

    return load


def test_everything_that_can_be_set(loaded):
    """A file with all settings is read to the letter, and dollars as the decimals that stand there."""
    settings = loaded(WHOLE)
    assert settings.chosen(None) == settings.chosen("cheap") == settings.profiles["cheap"]
    profile = settings.chosen(None)
    assert profile.models == ("ollama/qwen3=2", "openai/gpt-4o-mini")
    assert profile.dollars == Decimal("0.1")
    assert (profile.portfolio, profile.refute, profile.via) == (True, False, ("whole", "step"))
    table = settings.models["openai/gpt-4o-mini"]
    assert (table.temperature, table.stop, table.weight, table.local) == (1.0, ("QED",), 0.5, False)
    assert settings.providers["mine"].base_url == "https://models.example.com/v1"
    assert settings.prices["mine/large"] == Price(
        input=Decimal("0.1"), output=Decimal("0.3"), cached=Decimal("0.01"), cache_write=Decimal("0.125")
    )


def test_an_empty_file_sets_nothing(loaded):
    """All settings have defaults."""
    assert loaded("") == Settings()
    assert Settings().chosen(None) == Profile()


# The text; the place in the file; what the error says.
MISTAKES = {
    "unknown": ("colour = 1", "colour", "there is no such setting"),
    "unknown-in-profile": ("[profiles.a]\nmodel = 1", "profiles.a.model", "there is no such setting"),
    "unknown-in-model": ('[models."a/b"]\ntemp = 1', "models.a/b.temp", "there is no such setting"),
    "unknown-in-provider": ("[providers.a]\nkey = 'sk-1'", "providers.a.key", "there is no such setting"),
    "unknown-in-price": ('[prices."a/b"]\ninput=1\noutput=1\nthinking=1', "prices.a/b.thinking", "no such setting"),
    "hot": ('[models."a/b"]\ntemperature = 2.1', "models.a/b.temperature", "less than or equal to 2"),
    "cold": ("[profiles.a]\ntemperature = -1", "profiles.a.temperature", "greater than or equal to 0"),
    "not-a-number": ('[models."a/b"]\ntemperature = nan', "models.a/b.temperature", ""),
    "text-for-number": ('[models."a/b"]\nsamples = "many"', "models.a/b.samples", "valid integer"),
    "part-of-a-sample": ('[models."a/b"]\nsamples = 1.5', "models.a/b.samples", "valid integer"),
    "no-samples": ('[models."a/b"]\nsamples = 0', "models.a/b.samples", "greater than or equal to 1"),
    "too-many-samples": ("[profiles.a]\nsamples = 65", "profiles.a.samples", "less than or equal to 64"),
    "no-tokens": ('[models."a/b"]\nmax_tokens = 0', "models.a/b.max_tokens", "greater than or equal to 1"),
    "no-time": ('[models."a/b"]\ntimeout = 0', "models.a/b.timeout", "greater than 0"),
    "all-the-time": ('[models."a/b"]\ntimeout = inf', "models.a/b.timeout", "finite"),
    "no-tries": ('[models."a/b"]\ntries = 0', "models.a/b.tries", "greater than or equal to 1"),
    "no-place": ('[models."a/b"]\nconcurrency = 0', "models.a/b.concurrency", "greater than or equal to 1"),
    "no-weight": ('[models."a/b"]\nweight = 0', "models.a/b.weight", "greater than 0"),
    "infinite-weight": ('[models."a/b"]\nweight = inf', "models.a/b.weight", "finite"),
    "negative-money": ("[profiles.a]\ndollars = -0.5", "profiles.a.dollars", "greater than or equal to 0"),
    "nan-money": ("[profiles.a]\ndollars = nan", "profiles.a.dollars", "finite"),
    "negative-tokens": ("[profiles.a]\ntokens = -1", "profiles.a.tokens", "greater than or equal to 0"),
    "unknown-way": ('[profiles.a]\nvia = ["guess"]', "profiles.a.via.0", "'whole', 'sketch' or 'step'"),
    "unknown-wire": ('[providers.a]\nwire = "grpc"', "providers.a.wire", "'openai' or 'anthropic'"),
    "name-of-provider": ('[providers."a b"]\nwire = "openai"', "providers.a b.[key]", "pattern"),
    "key-for-its-name": ('[providers.a]\nkey_env = "sk-1234"', "providers.a.key_env", "pattern"),
    "negative-price": ('[prices."a/b"]\ninput = -1\noutput = 1', "prices.a/b.input", "greater than or equal to 0"),
    "nan-price": ('[prices."a/b"]\ninput = nan\noutput = 1', "prices.a/b.input", "finite"),
    "infinite-price": ('[prices."a/b"]\ninput = 1\noutput = inf', "prices.a/b.output", "finite"),
    "half-a-price": ('[prices."a/b"]\ninput = 1', "prices.a/b.output", "required"),
    "table-for-value": ("[profile]\na = 1", "profile", "string"),
    "value-for-table": ("models = 3", "models", "dictionary"),
    "list-for-table": ("[[profiles]]\na = 1", "profiles", "dictionary"),
    "address-without-scheme": ('[providers.a]\nbase_url = "localhost:80"', "providers.a.base_url", "begins with http"),
    "address-of-a-file": ('[providers.a]\nbase_url = "file:///etc/passwd"', "providers.a.base_url", "begins with http"),
    "address-without-host": ('[providers.a]\nbase_url = "http:///v1"', "providers.a.base_url", "names a host"),
    "port-beyond-all": ('[providers.a]\nbase_url = "http://h:99999"', "providers.a.base_url", "not an address"),
    "half-a-bracket": ('[providers.a]\nbase_url = "http://[::1"', "providers.a.base_url", "not an address"),
    "syntax": ("[models\na = 1", "", "line 1"),
    "twice": ("profile = 'a'\nprofile = 'b'", "", "overwrite"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_said_with_its_place(name, loaded):
    """The error names the file, the setting, and what is wrong with it, in one line of plain words."""
    text, place, says = MISTAKES[name]
    with pytest.raises(ConfigError) as caught:
        loaded(text)
    error = str(caught.value)
    assert "some.toml: " in error
    assert f": {place}: " in error if place else True
    assert says.lower() in error.lower()
    assert "\n" not in error
    assert "Value error" not in error
    assert "sk-1" not in error


@pytest.mark.parametrize("table", ["models", "prices"])
def test_a_table_that_no_model_can_have_is_a_mistake(table, loaded):
    """Models are called provider/name; settings for another name would never count."""
    fields = "samples = 2" if table == "models" else "input = 1\noutput = 1"
    with pytest.raises(ConfigError, match="gpt-4o"):
        loaded(f'[{table}."gpt-4o"]\n{fields}')


SECRETS = [
    "https://user:S3cret@h.example/v1",
    "https://S3cret@h.example/v1",
    "https://:S3cret@h.example/v1",
    "https://h.example/v1?key=S3cret",
    "https://h.example/v1#S3cret",
]


@pytest.mark.parametrize("url", SECRETS)
def test_an_address_holds_no_secret(url, loaded):
    """Addresses are shown and recorded: one with a user or a query is refused, and not repeated."""
    with pytest.raises(ConfigError, match="keys come from environment variables") as caught:
        loaded(f'[providers.a]\nbase_url = "{url}"')
    assert "S3cret" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://h/v1", "https://h.example:8443/a/b", "http://[::1]:80/v1", "http://127.0.0.1"])
def test_an_address_is_taken_as_it_is(url):
    """But for slashes at its end."""
    assert ProviderTable(base_url=url).base_url == ProviderTable(base_url=url + "//").base_url == url


@pytest.mark.parametrize(
    "url", ["http://my host/v1", "http://h/v1 ", " http://h/v1", "http://ho\nst/v1", "http://h/v1?", "http://h/v1#"]
)
def test_an_address_that_no_request_can_have_is_a_mistake(url):
    """White space, and a mark in front of a query that is empty, are mistakes of copying."""
    with pytest.raises(ValueError, match="address"):
        ProviderTable(base_url=url)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe\x00binary", "utf-8"),
        (bytes(range(256)), ""),
        (b"# comment\n" * 200_000, "more than 1 MB"),
        (b"a = " + b"[" * 100_000, ""),
    ],
    ids=["latin", "bytes", "huge", "nested"],
)
def test_a_file_that_holds_something_else(data, says, loaded):
    """Binary, huge and deeply nested files are refused, and named."""
    with pytest.raises(ConfigError, match=r"some\.toml: ") as caught:
        loaded(data)
    assert says in str(caught.value)


def test_a_number_without_end_is_a_mistake(loaded):
    """Python reads no number of thousands of digits."""
    with pytest.raises(ConfigError, match=r"some\.toml"):
        loaded(f"profile = {'9' * 5000}")


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(tmp_path_factory, data):
    """Whatever a file holds, it is settings or a mistake."""
    path = tmp_path_factory.mktemp("settings") / "some.toml"
    path.write_bytes(data)
    try:
        settings = load_settings(path, {})
    except ConfigError as error:
        assert str(path) in str(error)  # noqa: PT017
    else:
        assert isinstance(settings, Settings)


def test_a_file_that_was_named_has_to_be_there(tmp_path):
    """By flag or by environment; a folder is no file."""
    missing = tmp_path / "missing.toml"
    for path, environment in (
        (missing, {}),
        (None, {"PROOFAGENT_CONFIG": str(missing)}),
        (tmp_path, {}),
    ):
        with pytest.raises(ConfigError, match=(path or missing).name):
            load_settings(path, environment)


def test_a_path_that_is_none_is_a_mistake():
    """A name that the system cannot have is no crash."""
    with pytest.raises(ConfigError):
        load_settings(None, {"PROOFAGENT_CONFIG": "a\0b"})


def test_the_users_own_file_is_read_where_none_is_named(tmp_path, monkeypatch):
    """Its place is the system's; where there is none there are no settings."""
    monkeypatch.setattr("proofagent.config.settings.default_path", lambda: tmp_path / "proofagent.toml")
    assert load_settings(None, {}) == Settings()
    (tmp_path / "proofagent.toml").write_text('profile = "a"\n[profiles.a]\n')
    assert load_settings(None, {"PROOFAGENT_CONFIG": ""}).profile == "a"
    other = tmp_path / "other.toml"
    other.write_text('profile = "b"\n[profiles.b]\n')
    assert load_settings(None, {"PROOFAGENT_CONFIG": str(other)}).profile == "b"
    assert load_settings(tmp_path / "proofagent.toml", {"PROOFAGENT_CONFIG": str(other)}).profile == "a"


def test_a_file_in_the_working_directory_is_not_read(tmp_path, monkeypatch):
    """A project of somebody else must not say where keys go."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("proofagent.config.settings.default_path", lambda: tmp_path / "home" / "proofagent.toml")
    (tmp_path / "proofagent.toml").write_text('profile = "theirs"')
    assert load_settings(None, {}) == Settings()


def test_a_profile_that_is_not_there_is_named(loaded):
    """The error lists those that are."""
    settings = loaded("[profiles.b]\n[profiles.a]\n")
    with pytest.raises(ConfigError, match="no profile `c`; there are: a, b"):
        settings.chosen("c")
    with pytest.raises(ConfigError, match="there are: none"):
        Settings().chosen("c")
    with pytest.raises(ConfigError, match="no profile `gone`"):
        loaded('profile = "gone"').chosen(None)


def test_tables_are_frozen():
    """Settings do not change while a run uses them."""
    with pytest.raises(ValueError, match="frozen"):
        ModelTable().samples = 3
