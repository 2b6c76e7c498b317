import pytest
from forge import NIL, Forge, boxed
from hypothesis import given
from hypothesis import strategies as st

from proofagent.lean.olean import Module, Name, Olean


def same_type(a, b):
    return a.type_digest() == b.type_digest()


def same_value(a, b):
    return a.value_digest() is not None and a.value_digest() == b.value_digest()


@pytest.fixture
def statements(sample):
    return sample("statements").constants


@pytest.fixture
def renamed(sample):
    return sample("renamed").constants


@pytest.mark.parametrize("name", ["Sample.comp", "Sample.plain", "Sample.dep"])
def test_statements_are_equal_up_to_names_of_binders_and_universes_and_binder_kinds(statements, renamed, name):
    assert same_type(statements[name], renamed[name])


def test_equal_statements_may_have_different_proofs(statements, renamed):
    assert not same_value(statements["Sample.plain"], renamed["Sample.plain"])
    assert same_value(statements["Sample.dep"], renamed["Sample.dep"])


def test_statements_that_differ_in_a_number_or_in_the_order_of_universes_are_different(statements, renamed):
    assert not same_type(statements["Sample.byChoice"], renamed["Sample.byChoice"])
    assert not same_type(renamed["Sample.comp"], renamed["Sample.swapped"])


def test_different_statements_of_one_file_differ(statements):
    digests = {constant.type_digest() for constant in statements.values()}
    assert len(digests) == len(statements)


def test_let_and_have_are_one_term(renamed):
    assert same_type(renamed["Sample.let"], renamed["Sample.have"])


def test_word_size_and_version_of_lean_do_not_matter(statements, sample):
    native = sample("native_inductives").constants
    assert same_type(native["lcProof"], statements["Sample.choice"])
    assert same_type(native["True.intro"], statements["_private.0.Sample.hidden"])


def test_axioms_have_no_value_in_common(statements):
    assert not same_value(statements["Sample.choice"], statements["Sample.choice"])


def test_constants_of_statements_and_of_proofs(statements):
    assert statements["Sample.second"].type.constants() >= {"Prod", "Prod.snd", "Eq", "Nat"}
    assert "Sample.choice" in statements["Sample.byChoice"].value.constants()
    assert statements["Sample.choice"].type.constants() == frozenset()


def test_projections_mention_their_structure(sample):
    first = sample("inductives").constants["Sample.Pair.fst"]
    assert "Sample.Pair" in first.value.constants()


def type_digest(build, **layout):
    forge = Forge(**layout)
    (constant,) = Module.read(Olean.from_bytes(forge.type_of(build(forge)))).constants.values()
    return constant.type_digest()


def literal(number):
    def build(forge):
        ref = boxed(number) if number < 1 << (8 * forge.word - 1) else forge.big(number)
        return forge.ctor(9, forge.ctor(0, ref), scalars=bytes(8))

    return build


@pytest.mark.parametrize("number", [0, 7, 3_000_000_000, 1 << 63, 10**50])
def test_numbers_digest_alike_boxed_or_big(number):
    layouts = [{"word": w, "gmp": g} for w in (4, 8) for g in (False, True)]
    assert len({type_digest(literal(number), **layout) for layout in layouts}) == 1
    assert type_digest(literal(number)) != type_digest(literal(number + 1))


def test_metadata_and_sharing_do_not_matter():
    def var(forge):
        return forge.ctor(0, boxed(0), scalars=bytes(8))

    def shared(forge):
        one = var(forge)
        return forge.ctor(5, one, one)

    assert type_digest(shared) == type_digest(lambda f: f.ctor(5, f.ctor(10, NIL, var(f)), f.ctor(10, NIL, var(f))))
    assert type_digest(shared) != type_digest(var)


def test_a_name_with_a_dot_is_not_two_names():
    one = type_digest(lambda f: f.ctor(4, f.name("a.b"), NIL))
    two = type_digest(lambda f: f.ctor(4, f.name("a", "b"), NIL))
    assert one != two


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (Name.of(), "[anonymous]"),
        (Name.of("[anonymous]"), "«[anonymous]»"),
        (Name.of("Nat", "add_comm'"), "Nat.add_comm'"),
        (Name.of("a.b"), "«a.b»"),
        (Name.of("a", 1), "a.1"),
        (Name.of("a", "1"), "a.«1»"),
        (Name.of("α₁", "h!"), "α₁.h!"),
        (Name.of("λ"), "«λ»"),
        (Name.of("a»\n\\"), "«a\\»\\n\\\\»"),
        (Name.of(""), "«»"),
    ],
)
def test_text_of_names(name, text):
    assert str(name) == text


components = st.lists(st.one_of(st.text("ab.1«»\\n\n _", max_size=4), st.integers(0, 12)), max_size=3)


@given(components, components)
def test_text_and_bytes_of_names_are_injective(one, two):
    first, second = Name(one), Name(two)
    assert (str(first) == str(second)) == (first == second) == (first.encoded() == second.encoded())
