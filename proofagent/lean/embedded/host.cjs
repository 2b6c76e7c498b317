'use strict';
// Serves the functions of a running WebAssembly Lean: one JSON request a line in, one JSON reply a line out, over
// the socket whose descriptor is the last argument. Lean knows the descriptors 0 to 2 only, so no document can read a
// request or forge a reply.
//
//   usage: node host.cjs GLUE LIBRARY SCRATCH SOCKET
//
//   {"op":"import","modules":[..]}                   -> {"state":0}            a handle: an environment with its scopes
//   {"op":"elaborate","state":0,"source":"..",
//    "keep":true}                                    -> {"state":1,"messages":[..]}        (state: only with keep)
//   {"op":"inspect","state":1,"name":"foo"}          -> {"kind":"theorem"|null,"type":{..},"value":{..}|null}
//   {"op":"write","state":1,"path":"/host/x.olean"}  -> {"bytes":n}
//   {"op":"kinds","modules":[..],"names":[..]}       -> {"kinds":["theorem",null,..]}     nothing is elaborated or kept
//   {"op":"replay","state":0,"lines":"..."}          -> {"state":2,"refused":[{"names":[..],"error":".."}]}
//        declarations in Lean's export format (3.1.0), each given to the kernel; nothing is elaborated
//   {"op":"drop","state":1}                          -> {}
//   every reply also has: id, ms (spent in Lean), heap (bytes of WebAssembly memory), or error (text)
const fs = require('fs');
const { Worker } = require('worker_threads');

const [glue, library, scratch, socket] = process.argv.splice(2);
const CHANNEL = Number(socket);
const LEAN_ERROR = 1;

// A request that cannot be carried out by an engine that is well.
class Refusal extends Error {}

// A host that hangs inside Lean cannot see that its parent is gone; a thread beside it can.
const forget = () => fs.rmSync(scratch, { recursive: true, force: true });
new Worker(`const parent = process.ppid, forget = ${forget.toString()}, fs = require('fs'), scratch = require('worker_threads').workerData;
  setInterval(() => {
    if (process.ppid !== parent) try { forget() } finally { process.kill(process.pid, 'SIGKILL') }
  }, 300)`, { eval: true, workerData: scratch }).unref();

// The library of the sandbox: every way to change a file answers "read-only file system" (EROFS, errno 69 in WASI).
const readOnly = (FS, NODEFS) => {
  const refuse = () => { throw new FS.ErrnoError(69); };
  const nodes = { ...NODEFS.node_ops, setattr: refuse, mknod: refuse, rename: refuse, unlink: refuse, rmdir: refuse,
    symlink: refuse, lookup: (parent, name) => dress(NODEFS.node_ops.lookup(parent, name)) };
  const streams = { ...NODEFS.stream_ops, setattr: refuse, write: refuse, msync: refuse,
    open: stream => ((stream.flags & 3) || (stream.flags & 0x640) ? refuse() : NODEFS.stream_ops.open(stream)) };
  const dress = node => Object.assign(node, { node_ops: nodes, stream_ops: streams });
  return { mount: mount => dress(NODEFS.mount(mount)) };
};

let files;
const mount = ({ FS, NODEFS }) => {
  files = FS;
  FS.mount(readOnly(FS, NODEFS), { root: fs.realpathSync(library) }, '/lean/lib/lean');
  FS.mount(NODEFS, { root: scratch }, '/scratch');
};

const serve = R => {
  const L = new Proxy({}, { get: (known, name) => known[name] ??= R.lookup(name) });
  const box = n => (n << 1) | 1, H = () => R.words, bytes = () => new Uint8Array(R.words.buffer);
  const isScalar = o => o & 1, tag = o => isScalar(o) ? o >>> 1 : H()[(o + 4) >> 2] >>> 24;
  const field = (o, i) => H()[(o + 8 + 4 * i) >> 2];
  // Reference counts (lean.h): positive in one thread, negative shared between threads, 0 never freed.
  const inc = o => {
    if (!isScalar(o)) {
      const words = new Int32Array(R.words.buffer), count = words[o >> 2];
      if (count > 0) words[o >> 2] = count + 1; else if (count < 0) Atomics.sub(words, o >> 2, 1);
    }
    return o;
  };
  const dec = o => {
    if (isScalar(o)) return;
    const words = new Int32Array(R.words.buffer), count = words[o >> 2];
    if (count > 1) words[o >> 2] = count - 1; else if (count !== 0) L.lean_dec_ref_cold(o);
  };
  const string = s => {
    const data = Buffer.from(s, 'utf8'), at = L.malloc(data.length + 1), u = bytes();
    u.set(data, at);
    const o = L.lean_mk_string_from_bytes(at, data.length); L.free(at); return o;
  };
  const peek = o => Buffer.from(bytes().slice(o + 20, o + 20 + H()[(o + 8) >> 2] - 1)).toString('utf8');
  const take = o => { const s = peek(o); dec(o); return s; };
  const ctor = (t, fields, scalars = []) => {
    const sp = R.stackSave(), result = R.stackAlloc(16), at = R.stackAlloc(4 * fields.length + 16);
    fields.forEach((x, i) => { H()[(at >> 2) + i] = x; });
    L._ZN4lean8mk_cnstrEjjPP11lean_objectj(result, t, fields.length, at, scalars.length);
    const o = H()[result >> 2]; R.stackRestore(sp);
    const u = bytes(); scalars.forEach((b, i) => { u[o + 8 + 4 * fields.length + i] = b; }); return o;
  };
  const array = xs => xs.reduce((a, x) => L.lean_array_push(a, x), L.lean_array_mk(box(0)));
  const name = s => L.l_String_toName(string(s));
  // A natural number beyond 31 bits is an object: sign, count of its digits of 32 bits, pointer to them.
  const numeral = o => isScalar(o) ? String(o >>> 1) : String(Array.from({ length: field(o, 1) },
    (_, i) => BigInt(H()[(field(o, 2) >> 2) + i])).reduceRight((sum, digit) => (sum << 32n) | digit, 0n));
  const nameText = n => isScalar(n) ? '' :
    [nameText(field(n, 0)), tag(n) === 1 ? peek(field(n, 1)) : numeral(field(n, 1))].filter(Boolean).join('.');
  const LEAN_STRING = 249;
  const ioErrorText = e => isScalar(e) ? `error ${e >>> 1}` : Array.from({ length: (H()[(e + 4) >> 2] >>> 16) & 255 }, (_, i) => field(e, i))
    .filter(o => !isScalar(o) && tag(o) === LEAN_STRING).map(peek).join(' ');
  const ok = result => {
    const value = field(result, 0);
    if (tag(result) === LEAN_ERROR) { const text = ioErrorText(value); dec(result); throw new Refusal(text); }
    inc(value); dec(result); return value;
  };

  // A copy of a command state with an empty message log (fields: environment, messages, scopes, ...).
  const fresh = state => {
    const count = (H()[(state + 4) >> 2] >>> 16) & 255, size = H()[(state + 4) >> 2] & 0xffff;
    const blank = L.l_Lean_Elab_Command_mkState(inc(field(state, 0)), emptyLog(), box(0));
    const fields = Array.from({ length: count }, (_, i) => inc(i === 1 ? field(blank, 1) : field(state, i)));
    dec(blank);
    return ctor(tag(state), fields, [...bytes().slice(state + 8 + 4 * count, state + size)]);
  };
  let blankLog = 0;
  const emptyLog = () => inc(blankLog);

  const states = new Map(); let next = 0;
  const keep = state => (states.set(next, state), next++);
  const get = handle => { const s = states.get(handle); if (s === undefined) throw new Refusal(`no state ${handle}`); return s; };
  const KINDS = ['axiom', 'definition', 'theorem', 'opaque', 'quotient', 'inductive', 'constructor', 'recursor'];

  const walk = root => {
    const seen = new Set(), constants = new Set(), todo = [root];
    while (todo.length) {
      const e = todo.pop(); if (seen.has(e)) continue; seen.add(e);
      switch (tag(e)) {
        case 4: constants.add(nameText(field(e, 0))); break;
        case 5: todo.push(field(e, 0), field(e, 1)); break;
        case 6: case 7: todo.push(field(e, 1), field(e, 2)); break;
        case 8: todo.push(field(e, 1), field(e, 2), field(e, 3)); break;
        case 10: todo.push(field(e, 1)); break;
        case 11: constants.add(nameText(field(e, 0))); todo.push(field(e, 2)); break;
      }
    }
    return { size: seen.size, constants: [...constants].sort() };
  };

  // Reads lines of the export format and holds the objects that they describe: names, levels and terms by number.
  const KERNEL_ERRORS = ['unknown constant', 'already declared', 'the value has not the type of the declaration', 'metavariables',
    'free variables', 'a function was expected', 'a type was expected', 'a `let` value has another type',
    'an expression has another type', 'an argument has not the type that the function takes', 'a projection of what is no structure',
    'the type of a theorem is no proposition', 'other', 'deterministic timeout', 'excessive memory', 'deep recursion', 'interrupted'];
  const BINDERS = { default: 0, implicit: 1, strictImplicit: 2, instImplicit: 3 }, SAFETY = { unsafe: 0, safe: 1, partial: 2 };
  const QUOTIENT = ['type', 'ctor', 'lift', 'ind'];
  const u32 = n => [n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24];
  const list = xs => xs.reduceRight((tail, x) => ctor(1, [x, tail]), box(0));
  const natural = digits => {
    if (digits.length < 10 && +digits < 2 ** 30) return box(+digits);
    const data = Buffer.from(digits + '\0', 'latin1'), at = L.malloc(data.length);
    bytes().set(data, at);
    const n = L.lean_cstr_to_nat(at); L.free(at); return n;
  };
  const reader = () => {
    const names = [box(0)], levels = [L.lean_level_mk_zero(box(0))], terms = [], texts = [''];
    const at = (table, i) => { if (table[i] === undefined) throw new Refusal(`the export has no number ${i}`); return inc(table[i]); };
    const name = i => at(names, i), level = i => at(levels, i), term = i => at(terms, i);
    const all = xs => list(xs.map(name));
    const value = d => ctor(0, [name(d.name), all(d.levelParams), term(d.type)]);
    const make = {
      str: d => L.lean_name_mk_string(name(d.pre), string(d.str)), num: d => L.lean_name_mk_numeral(name(d.pre), natural(String(d.i))),
      succ: d => L.lean_level_mk_succ(level(d)), max: d => L.lean_level_mk_max(level(d[0]), level(d[1])),
      imax: d => L.lean_level_mk_imax(level(d[0]), level(d[1])), param: d => L.lean_level_mk_param(name(d)),
      bvar: d => L.lean_expr_mk_bvar(natural(String(d))), sort: d => L.lean_expr_mk_sort(level(d)),
      const: d => L.lean_expr_mk_const(name(d.name), list(d.us.map(level))), app: d => L.lean_expr_mk_app(term(d.fn), term(d.arg)),
      lam: d => L.lean_expr_mk_lambda(name(d.name), term(d.type), term(d.body), BINDERS[d.binderInfo]),
      forallE: d => L.lean_expr_mk_forall(name(d.name), term(d.type), term(d.body), BINDERS[d.binderInfo]),
      letE: d => L.l_Lean_Expr_letE___override(name(d.name), term(d.type), term(d.value), term(d.body), +d.nondep),
      proj: d => L.lean_expr_mk_proj(name(d.typeName), natural(String(d.idx)), term(d.struct)),
      natVal: d => L.lean_expr_mk_lit(ctor(0, [natural(d)])), strVal: d => L.lean_expr_mk_lit(ctor(1, [string(d)])),
    };
    const hints = h => h === 'opaque' ? box(0) : h === 'abbrev' ? box(1) : ctor(2, [], u32(h.regular));
    const declare = {
      axiom: d => ctor(0, [ctor(0, [value(d)], [+d.isUnsafe])]),
      def: d => ctor(1, [ctor(0, [value(d), term(d.value), hints(d.hints), all(d.all)], [SAFETY[d.safety]])]),
      thm: d => ctor(2, [ctor(0, [value(d), term(d.value), all(d.all)])]),
      quot: () => box(4),
      opaque: d => ctor(3, [ctor(0, [value(d), term(d.value), all(d.all)], [+d.isUnsafe])]),
      inductive: ({ types, ctors }) => {
        const of = t => list(ctors.filter(c => c.induct === t.name).map(c => ctor(0, [name(c.name), term(c.type)])));
        return ctor(6, [all(types[0].levelParams), natural(String(types[0].numParams)),
          list(types.map(t => ctor(0, [name(t.name), term(t.type), of(t)])))], [+types[0].isUnsafe]);
      },
    };
    const tables = { in: names, il: levels, ie: terms };
    // The names that a line declares with the declaration; none for a line that adds a part.
    const read = line => {
      const fields = JSON.parse(line);
      if (fields.meta) return;
      const number = Object.keys(tables).find(k => k in fields), [word] = Object.keys(fields).filter(k => k !== number);
      if (number !== undefined) {
        tables[number][fields[number]] = make[word](fields[word]);
        if (number === 'in') texts[fields.in] = [texts[fields[word].pre], String(fields[word].str ?? fields[word].i)].filter(Boolean).join('.');
        return;
      }
      if (!declare[word]) throw new Refusal(`the export has a line of an unknown kind: ${word}`);
      const d = fields[word];
      if (word === 'quot' && !QUOTIENT.includes(d.kind)) throw new Refusal(`the export has no part of quotients: ${d.kind}`);
      if (word === 'quot' && d.kind !== QUOTIENT[0]) return;  // all four come with the first
      return [(d.types || [d]).map(t => texts[t.name]), declare[word](d)];
    };
    return { read, free: () => [names, levels, terms].forEach(table => table.forEach(dec)) };
  };

  // Bytes of blanks and comments at the start: Lean skips them with the imports, and only there where nothing follows.
  const trivia = text => {
    let at = 0;
    for (;;) {
      const blank = /(?:[ \t\r\n]|--[^\n]*)*/y; blank.lastIndex = at; blank.exec(text); at = blank.lastIndex;
      if (!text.startsWith('/-', at) || '-!'.includes(text.charAt(at + 2) || '-')) break;
      const mark = /\/-|-\//g; mark.lastIndex = at + 2;
      let depth = 1;
      for (let m; depth && (m = mark.exec(text));) depth += m[0] === '/-' ? 1 : -1;
      if (depth) break;
      at = mark.lastIndex;
    }
    return Buffer.byteLength(text.slice(0, at));
  };

  // The command state after `source`, given the one before.
  const run = (source, state) => {
    const input = L.l_Lean_Parser_mkInputContext___redArg(
      string(source), string('<input>'), 0, box(Buffer.byteLength(source)));
    const done = ok(L.l_Lean_Elab_IO_processCommands(input, ctor(0, [box(trivia(source))], [0]), state));
    const after = inc(field(done, 0)); dec(done);
    return after;
  };

  // Level 2 (private) gives ordinary semantics; only public parts of the library exist, so its theorems are axioms here.
  const imported = (modules, extensions) => ok(L.l_Lean_importModules(
    array(modules.map(m => ctor(0, [name(m)], [0, 1, 0]))), box(0), 0, array([]), 0, extensions, 2, box(1)));

  const ops = {
    import: q => {
      const env = imported(q.modules, 1);
      if (!blankLog) {
        const pair = ok(L.l_Lean_Elab_process(string(''), inc(env), box(0), box(0)));
        blankLog = inc(field(pair, 1)); dec(pair);
      }
      // Most compiled code of the library is missing, so a definition that uses it cannot be compiled. In such a
      // section Lean does not try; what the kernel gets is the same.
      return { state: keep(run('noncomputable section', L.l_Lean_Elab_Command_mkState(env, emptyLog(), box(0)))) };
    },
    elaborate: q => {
      const state = run(q.source.replaceAll('\r\n', '\n'), fresh(get(q.state)));  // line ends: as Lean does with a file
      const messages = [], list = L.l_Lean_MessageLog_toList(inc(field(state, 1)));
      for (let l = list; !isScalar(l); l = field(l, 1))
        messages.push(take(L.l_Lean_Json_compress(L.l_Lean_Message_toJson(inc(field(l, 0))))));
      dec(list);
      const kept = q.keep ? `"state":${keep(state)},` : (dec(state), '');
      return `{${kept}"messages":[${messages.join()}]}`;
    },
    inspect: q => {
      const env = inc(field(get(q.state), 0)), found = L.l_Lean_Environment_find_x3f(env, name(q.name), 0);
      if (isScalar(found)) return { kind: null };
      const info = field(found, 0), value = field(info, 0), kind = KINDS[tag(info)];
      const type = walk(field(field(value, 0), 2));
      const body = kind === 'theorem' || kind === 'definition' ? walk(field(value, 1)) : null;
      dec(found);
      return { kind, type, value: body };
    },
    // Without the modules' extensions, so that modules can be read whose own code is missing from the package.
    kinds: q => {
      const env = imported(q.modules, 0);
      const kinds = q.names.map(text => {
        const found = L.l_Lean_Environment_find_x3f(inc(env), name(text), 0);
        if (isScalar(found)) return null;
        const kind = KINDS[tag(field(found, 0))];
        dec(found); return kind;
      });
      dec(env);
      return { kinds };
    },
    // Lean writes into memory that no document can reach between these two lines; the host hands it out.
    write: q => {
      ok(L.l_Lean_writeModule(inc(field(get(q.state), 0)), string('/module.olean')));
      const data = files.readFile('/module.olean'); files.unlink('/module.olean');
      try { fs.writeFileSync(q.path, data); } catch (e) { throw new Refusal(e.message); }
      return { bytes: data.length };
    },
    replay: q => {
      let env = inc(field(get(q.state), 0));
      const { read, free } = reader(), refused = [];
      for (const line of q.lines.split('\n')) {
        const [names, declaration] = (line && read(line)) || [];
        if (!names) continue;
        const result = L.lean_elab_add_decl(inc(env), 0, declaration, box(0)), value = field(result, 0);
        if (tag(result) === 1) { dec(env); env = inc(value); }
        else refused.push({ names, error: KERNEL_ERRORS[tag(value)] || `error ${tag(value)}` });
        dec(result); dec(declaration);
      }
      free();
      return { state: keep(L.l_Lean_Elab_Command_mkState(env, emptyLog(), box(0))), refused };
    },
    drop: q => { dec(get(q.state)); states.delete(q.state); return {}; },
  };

  const write = text => {
    const data = Buffer.from(text + '\n'); let at = 0;
    while (at < data.length) at += fs.writeSync(CHANNEL, data, at);
  };
  const answer = line => {
    const start = process.hrtime.bigint(), q = JSON.parse(line), id = q.id; let body;
    try {
      if (!Object.hasOwn(ops, q.op)) throw new Refusal(`no operation ${q.op}`);
      body = ops[q.op](q);
    } catch (e) {
      // Whatever else is thrown (an exit, a trap, memory at its end) leaves Lean in an unknown state.
      if (!(e instanceof Refusal)) { console.error(String(e && e.stack || e)); process.reallyExit(70); }
      body = { error: e.message };
    }
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    write(`{"id":${JSON.stringify(id)},"ms":${ms.toFixed(3)},"heap":${H().byteLength},` + (text === '{}' ? '"ok":true}' : text.slice(1)));
  };

  write(JSON.stringify({ ready: true, protocol: 1, pid: process.pid }));
  let pending = []; const chunk = Buffer.alloc(1 << 16);
  for (;;) {
    const n = fs.readSync(CHANNEL, chunk, 0, chunk.length, null);
    if (n === 0) return forget();
    let from = 0;
    for (let i; (i = chunk.indexOf(10, from)) >= 0 && i < n; from = i + 1) {
      pending.push(Buffer.from(chunk.subarray(from, i)));
      answer(Buffer.concat(pending).toString('utf8')); pending = [];
    }
    if (from < n) pending.push(Buffer.from(chunk.subarray(from, n)));
  }
};

globalThis.leanHost = { mount, main: serve };
require(glue);
