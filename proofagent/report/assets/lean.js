// Lean, coloured. One pass, no backtracking over what was read: a text of any kind takes time by its length.

const KEYWORDS = new Set(("theorem lemma example def abbrev instance structure class inductive axiom opaque where open in " +
  "namespace section end variable universe import set_option attribute mutual private protected noncomputable unsafe " +
  "partial macro syntax notation fun λ let have show from by do if then else match with at using generalizing this " +
  "forall exists ∀ ∃ calc suffices obtain return deriving extends Type Prop Sort").split(" "));
const TACTICS = new Set(("intro intros exact apply refine refine' rw rewrite simp simp_all simpa omega grind decide rfl " +
  "constructor cases rcases induction subst unfold ring ring_nf linarith nlinarith norm_num norm_cast push_cast positivity " +
  "aesop tauto trivial assumption contradiction exfalso left right use exists ext funext congr split specialize " +
  "replace rename_i change conv all_goals any_goals first repeat try next case skip done rintro simp_arith bv_decide " +
  "native_decide infer_instance by_cases by_contra contrapose push_neg field_simp gcongr interval_cases fin_cases " +
  "nofun nomatch generalize symm trans calc ac_rfl injection injections revert clear fapply eapply").split(" "));
const TOKEN = /(--[^\n]*)|(\/-)|("(?:[^"\\]|\\[^])*(?:"|$))|('(?:[^'\\\n]|\\[^'\n]+|\\')')|(\d[\d_.a-fxA-F]*)|([\p{L}_«][\p{L}\p{N}_'!?»₀-₉ₐ-ₜ.]*)|([ \t\n]+)|([()[\]{}⟨⟩,;])|([^\p{L}\p{N}\s_"'()[\]{}⟨⟩,;«]+|[^])/uy;

function commentEnd(text, start) {
  let depth = 1;
  let at = start + 2;
  while (depth && at < text.length) {
    const pair = text.slice(at, at + 2);
    depth += pair === "/-" ? 1 : pair === "-/" ? -1 : 0;
    at += pair === "/-" || pair === "-/" ? 2 : 1;
  }
  return Math.min(at, text.length);
}

function kindOfWord(word) {
  if (word === "sorry" || word === "admit") return "sorry";
  if (KEYWORDS.has(word)) return "keyword";
  return TACTICS.has(word.replace(/[!?]$/, "")) ? "tactic" : "";
}

function tokens(text) {
  const found = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    let end = TOKEN.lastIndex;
    let kind = "";
    if (match[1] !== undefined) kind = "comment";
    else if (match[2] !== undefined) [kind, end] = ["comment", commentEnd(text, at)];
    else if (match[3] !== undefined || match[4] !== undefined) kind = "text";
    else if (match[5] !== undefined) kind = "digits";
    else if (match[6] !== undefined) kind = kindOfWord(match[6]);
    else if (match[9] !== undefined) kind = match[9].includes("⊢") ? "turnstile" : "sign";
    found.push([kind, text.slice(at, end)]);
    at = end;
  }
  return found;
}

function colored(text) {
  const fragment = document.createDocumentFragment();
  for (const [kind, part] of tokens(text)) fragment.append(kind ? h("span", { class: `lean-${kind}` }, part) : part);
  return fragment;
}

const lean = (text, attributes = {}) => h("pre", { class: "lean", ...attributes }, colored(text));

// A goal as Lean prints it, its target set apart.
function state(text) {
  return h("pre", { class: "lean" }, text.split("\n").map((line, place) => [
    place ? "\n" : "",
    line.startsWith("⊢") ? h("b", { class: "target" }, colored(line)) : colored(line),
  ]));
}
