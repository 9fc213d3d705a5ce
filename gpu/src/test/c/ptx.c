/*
 * Parsing makes an array of instructions whose operands are numbers of registers; running takes a
 * block after the other, and of a block a warp after the other up to the next barrier, 32 lanes per
 * instruction. Whatever is not in the tables below is refused by name and line, and so are accesses
 * outside of live allocations, misaligned ones, and barriers and votes that part of a warp misses.
 */
#include "ptx.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANES 32
#define FULL 0xffffffffu
#define MAX_OPERANDS 6
#define MAX_PARAMS 64
#define NAME 64
#define MAX_GROUPS 64

/* What an instruction does; the tables below give the spellings. */
enum op {
  LD_PARAM32, LD_PARAM64, MOV32, MOV64, SELP32, SELP64,
  ADD_F, SUB_F, MUL_F, DIV_F, FMA_F, SQRT_F, NEG_F, ABS_F, MIN_F, MAX_F,
  FLOOR_F, RINT_F, F_TO_S, S_TO_F, U_TO_F, SETP_F, SETP_S32, SETP_U32, SETP_U64, SETP_S64,
  ADD32, SUB32, MUL32, MUL_HI32, MAD32, DIV_U32, REM_U32, MIN_U32, MAX_U32, MIN_S32, MAX_S32,
  AND32, OR32, XOR32, NOT32, SHL32, SHR_U32, SHR_S32, SHF_L, BREV32, CLZ32, POPC32,
  ADD64, SUB64, AND64, OR64, SHL64, SHR_U64, MUL_WIDE, MAD_WIDE, U32_TO_U64, U64_TO_U32,
  AND_P, OR_P, NOT_P, XOR_P,
  LD_G, ST_G, LD_S, ST_S, ATOM_ADD, ATOM_MIN, ATOM_OR, RED_ADD,
  BALLOT, SHFL_IDX, SHFL_UP, BAR, BAR_WARP, BRA, RET
};

/*
 * Operands: p condition, r 32 bits, d 64 bits, a parameter's place, m memory, L label; a digit
 * says how many registers of the kind before stand in braces.
 */
struct spelling {
  const char *text;
  enum op op;
  const char *operands;
  int width; /* of memory accesses: bytes of one element */
};

static const struct spelling SPELLINGS[] = {
    {"ld.param.u32", LD_PARAM32, "ra", 4}, {"ld.param.f32", LD_PARAM32, "ra", 4},
    {"ld.param.u64", LD_PARAM64, "da", 8},
    {"mov.b32", MOV32, "rr", 0}, {"mov.u32", MOV32, "rr", 0}, {"mov.f32", MOV32, "rr", 0},
    {"mov.b64", MOV64, "dd", 0}, {"mov.u64", MOV64, "dd", 0},
    {"cvta.to.global.u64", MOV64, "dd", 0},
    {"selp.f32", SELP32, "rrrp", 0}, {"selp.b32", SELP32, "rrrp", 0},
    {"selp.b64", SELP64, "dddp", 0},
    {"add.rn.f32", ADD_F, "rrr", 0}, {"sub.rn.f32", SUB_F, "rrr", 0},
    {"mul.rn.f32", MUL_F, "rrr", 0}, {"div.rn.f32", DIV_F, "rrr", 0},
    {"fma.rn.f32", FMA_F, "rrrr", 0}, {"sqrt.rn.f32", SQRT_F, "rr", 0},
    {"neg.f32", NEG_F, "rr", 0}, {"abs.f32", ABS_F, "rr", 0},
    {"min.f32", MIN_F, "rrr", 0}, {"max.f32", MAX_F, "rrr", 0},
    {"cvt.rmi.f32.f32", FLOOR_F, "rr", 0}, {"cvt.rni.f32.f32", RINT_F, "rr", 0},
    {"cvt.rzi.s32.f32", F_TO_S, "rr", 0}, {"cvt.rn.f32.s32", S_TO_F, "rr", 0},
    {"cvt.rn.f32.u32", U_TO_F, "rr", 0},
    {"add.s32", ADD32, "rrr", 0}, {"add.u32", ADD32, "rrr", 0}, {"sub.s32", SUB32, "rrr", 0},
    {"mul.lo.s32", MUL32, "rrr", 0}, {"mul.lo.u32", MUL32, "rrr", 0},
    {"mul.hi.u32", MUL_HI32, "rrr", 0},
    {"mad.lo.s32", MAD32, "rrrr", 0}, {"mad.lo.u32", MAD32, "rrrr", 0},
    {"div.u32", DIV_U32, "rrr", 0}, {"rem.u32", REM_U32, "rrr", 0},
    {"min.u32", MIN_U32, "rrr", 0}, {"max.u32", MAX_U32, "rrr", 0},
    {"min.s32", MIN_S32, "rrr", 0}, {"max.s32", MAX_S32, "rrr", 0},
    {"and.b32", AND32, "rrr", 0}, {"or.b32", OR32, "rrr", 0}, {"xor.b32", XOR32, "rrr", 0},
    {"not.b32", NOT32, "rr", 0}, {"shl.b32", SHL32, "rrr", 0}, {"shr.u32", SHR_U32, "rrr", 0},
    {"shr.s32", SHR_S32, "rrr", 0}, {"shf.l.wrap.b32", SHF_L, "rrrr", 0},
    {"brev.b32", BREV32, "rr", 0}, {"clz.b32", CLZ32, "rr", 0}, {"popc.b32", POPC32, "rr", 0},
    {"add.s64", ADD64, "ddd", 0}, {"add.u64", ADD64, "ddd", 0}, {"sub.s64", SUB64, "ddd", 0}, {"and.b64", AND64, "ddd", 0},
    {"or.b64", OR64, "ddd", 0}, {"shl.b64", SHL64, "ddr", 0}, {"shr.u64", SHR_U64, "ddr", 0},
    {"mul.wide.u32", MUL_WIDE, "drr", 0}, {"mad.wide.u32", MAD_WIDE, "drrd", 0},
    {"cvt.u64.u32", U32_TO_U64, "dr", 0}, {"cvt.u32.u64", U64_TO_U32, "rd", 0},
    {"and.pred", AND_P, "ppp", 0}, {"or.pred", OR_P, "ppp", 0}, {"xor.pred", XOR_P, "ppp", 0},
    {"not.pred", NOT_P, "pp", 0},
    {"ld.global.f32", LD_G, "rm", 4}, {"ld.global.b32", LD_G, "rm", 4},
    {"ld.global.u32", LD_G, "rm", 4}, {"ld.global.nc.f32", LD_G, "rm", 4},
    {"ld.global.nc.u32", LD_G, "rm", 4}, {"ld.global.nc.b64", LD_G, "dm", 8},
    {"ld.global.cs.f32", LD_G, "rm", 4}, {"ld.global.cs.nc.f32", LD_G, "rm", 4},
    {"ld.global.nc.v2.u32", LD_G, "r2m", 4}, {"ld.global.nc.v4.u32", LD_G, "r4m", 4},
    {"ld.global.nc.v2.f32", LD_G, "r2m", 4}, {"ld.global.nc.v4.f32", LD_G, "r4m", 4},
    {"st.global.f32", ST_G, "mr", 4}, {"st.global.b32", ST_G, "mr", 4},
    {"st.global.u32", ST_G, "mr", 4}, {"st.global.cs.f32", ST_G, "mr", 4},
    {"st.global.b64", ST_G, "md", 8},
    {"st.global.v2.f32", ST_G, "mr2", 4}, {"st.global.v4.f32", ST_G, "mr4", 4},
    {"st.global.v2.b32", ST_G, "mr2", 4},
    {"ld.shared.f32", LD_S, "rm", 4}, {"ld.shared.b32", LD_S, "rm", 4},
    {"ld.shared.u32", LD_S, "rm", 4}, {"ld.shared.v2.f32", LD_S, "r2m", 4},
    {"ld.shared.v4.f32", LD_S, "r4m", 4},
    {"ld.shared.v2.u32", LD_S, "r2m", 4}, {"ld.shared.v4.u32", LD_S, "r4m", 4},
    {"st.shared.f32", ST_S, "mr", 4}, {"st.shared.b32", ST_S, "mr", 4},
    {"st.shared.u32", ST_S, "mr", 4}, {"st.shared.v2.f32", ST_S, "mr2", 4},
    {"st.shared.v4.f32", ST_S, "mr4", 4},
    {"atom.global.add.u32", ATOM_ADD, "rmr", 4}, {"atom.global.min.u32", ATOM_MIN, "rmr", 4},
    {"atom.global.or.b32", ATOM_OR, "rmr", 4}, {"red.global.add.u32", RED_ADD, "mr", 4},
    {"vote.sync.ballot.b32", BALLOT, "rpr", 0},
    {"shfl.sync.idx.b32", SHFL_IDX, "rrrrr", 0}, {"shfl.sync.up.b32", SHFL_UP, "rrrrr", 0},
    {"bar.sync", BAR, "r", 0}, {"bar.warp.sync", BAR_WARP, "r", 0},
    {"bra", BRA, "L", 0}, {"bra.uni", BRA, "L", 0}, {"ret", RET, "", 0},
};

enum comparison { EQ, NE, LT, LE, GT, GE, EQU, NEU, LTU, LEU, GTU, GEU, NAN_, NUM };
static const char *const COMPARISONS[] = {"eq",  "ne",  "lt",  "le",  "gt",  "ge",  "equ",
                                          "neu", "ltu", "leu", "gtu", "geu", "nan", "num"};

struct instruction {
  enum op op;
  int line;
  int guard; /* a condition's register, or -1 */
  int guard_inverted;
  int comparison;
  int width;
  int count;         /* registers in braces, else 1 */
  int base;          /* of memory: a register of 32 or 64 bits, or -1 */
  int64_t offset;    /* of memory, a parameter, or the place of a label */
  int at[MAX_OPERANDS + 4]; /* registers, the destination first */
};

struct symbol {
  char name[NAME];
  int64_t value;
  int line;
};

struct symbols {
  struct symbol *all;
  int count, capacity;
};

enum kind { PRED, B32, B64, F32, KINDS };

struct ptx_function {
  char name[NAME];
  int params;
  struct symbol param[MAX_PARAMS]; /* value: bytes */
  unsigned max_threads;
  size_t shared;
  int registers[KINDS];
  char prefixes[KINDS][8];
  struct instruction *code;
  int length, capacity;
  uint64_t *constants; /* immediates: they are registers behind the declared ones */
  int constant_count, constant_capacity;
  struct symbols shared_names, labels, jumps; /* a jump's value is the instruction */
  int named_count;
  ptx_function *next;
};

struct ptx_module {
  ptx_function *functions;
};

struct parser {
  const char *at;
  int line;
  ptx_function *function;
  char *error;
  size_t n;
  int failed;
};

static void fail(struct parser *p, const char *format, ...) {
  if (p->failed) return;
  p->failed = 1;
  int used = snprintf(p->error, p->n, "line %d: ", p->line);
  va_list list;
  va_start(list, format);
  if (used >= 0 && (size_t)used < p->n) vsnprintf(p->error + used, p->n - used, format, list);
  va_end(list);
}

static void *grown(void *old, int count, int *capacity, size_t size) {
  if (count < *capacity) return old;
  *capacity = *capacity ? 2 * *capacity : 64;
  void *fresh = realloc(old, (size_t)*capacity * size);
  if (!fresh) abort();
  return fresh;
}

static void add_symbol(struct symbols *s, const char *name, int64_t value, int line) {
  s->all = grown(s->all, s->count, &s->capacity, sizeof *s->all);
  struct symbol *added = &s->all[s->count++];
  snprintf(added->name, NAME, "%s", name);
  added->value = value;
  added->line = line;
}

static const struct symbol *find_symbol(const struct symbols *s, const char *name) {
  for (int i = 0; i < s->count; i++)
    if (!strcmp(s->all[i].name, name)) return &s->all[i];
  return NULL;
}

static void space(struct parser *p) {
  for (;;) {
    if (*p->at == '\n') p->line++;
    else if (p->at[0] == '/' && p->at[1] == '/') {
      while (*p->at && *p->at != '\n') p->at++;
      continue;
    } else if (!isspace((unsigned char)*p->at)) return;
    p->at++;
  }
}

static int take(struct parser *p, const char *text) {
  space(p);
  size_t n = strlen(text);
  if (strncmp(p->at, text, n)) return 0;
  p->at += n;
  return 1;
}

static void need(struct parser *p, const char *text) {
  if (!take(p, text)) fail(p, "expected '%s', found '%.20s'", text, p->at);
}

static void word(struct parser *p, char *to) {
  space(p);
  int n = 0;
  while (isalnum((unsigned char)*p->at) || (*p->at && strchr("._$%", *p->at))) {
    if (n == NAME - 1) {
      fail(p, "a word is too long");
      break;
    }
    to[n++] = *p->at++;
  }
  to[n] = 0;
  if (!n) fail(p, "expected a word, found '%.20s'", p->at);
}

static int64_t number(struct parser *p) {
  space(p);
  if (p->at[0] == '0' && (p->at[1] == 'f' || p->at[1] == 'F')) {
    char *end;
    int64_t bits = (int64_t)strtoull(p->at + 2, &end, 16);
    if (end != p->at + 10) fail(p, "a float32 literal has 8 digits");
    p->at = end;
    return bits;
  }
  char *end;
  int negative = *p->at == '-';
  int64_t value =
      negative ? strtoll(p->at, &end, 0) : (int64_t)strtoull(p->at, &end, 0);
  if (end == p->at) fail(p, "expected a number, found '%.20s'", p->at);
  p->at = end;
  return value;
}

/* Constants and special registers: the registers behind the declared ones. */
enum special { TID_X, TID_Y, TID_Z, NTID_X, NTID_Y, NTID_Z, CTAID_X, CTAID_Y, CTAID_Z,
               NCTAID_X, NCTAID_Y, NCTAID_Z, LANEID, SPECIALS };
static const char *const SPECIAL_NAMES[] = {
    "%tid.x",   "%tid.y",   "%tid.z",    "%ntid.x",   "%ntid.y",   "%ntid.z", "%ctaid.x",
    "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z", "%laneid"};

static int is_special(const char *name) {
  for (int i = 0; i < SPECIALS; i++)
    if (!strcmp(name, SPECIAL_NAMES[i])) return i;
  return -1;
}

/*
 * Places of 32-bit registers: special ones, %r, %f, then constants; of 64-bit ones: %d, then
 * constants. Constants share one list, so that one number serves both.
 */
static int place32(const ptx_function *f, enum kind kind, int i) {
  return SPECIALS + (kind == F32 ? f->registers[B32] : 0) + i;
}

static int constant_place(ptx_function *f, char kind, int64_t value) {
  int i = 0;
  while (i < f->constant_count && f->constants[i] != (uint64_t)value) i++;
  if (i == f->constant_count) {
    f->constants = grown(f->constants, i, &f->constant_capacity, sizeof *f->constants);
    f->constants[f->constant_count++] = (uint64_t)value;
  }
  int before = kind == 'd' ? f->registers[B64]
                           : SPECIALS + f->registers[B32] + f->registers[F32];
  return before + i;
}

static int declared(struct parser *p, const char *name, char wanted) {
  ptx_function *f = p->function;
  int special = is_special(name);
  if (special >= 0) {
    if (wanted != 'r') fail(p, "%s has 32 bits", name);
    return special;
  }
  size_t n = strcspn(name, "0123456789");
  int found = 0;
  while (found < KINDS && (strlen(f->prefixes[found]) != n || strncmp(name, f->prefixes[found], n)))
    found++;
  char *end = NULL;
  long i = found < KINDS ? strtol(name + n, &end, 10) : -1;
  if (found == KINDS || *end || end == name + n || i >= f->registers[found]) {
    fail(p, "'%s' is not declared", name);
    return 0;
  }
  enum kind kind = (enum kind)found;
  int fits = wanted == 'p' ? kind == PRED : wanted == 'd' ? kind == B64 : kind == B32 || kind == F32;
  if (!fits) fail(p, "'%s' is of the wrong kind", name);
  return kind == B32 || kind == F32 ? place32(f, kind, (int)i) : (int)i;
}

static int operand(struct parser *p, char kind) {
  space(p);
  char name[NAME];
  if (*p->at == '%') {
    word(p, name);
    return declared(p, name, kind);
  }
  if (kind == 'p') {
    fail(p, "expected a condition, found '%.20s'", p->at);
    return 0;
  }
  if (isalpha((unsigned char)*p->at)) {
    word(p, name);
    const struct symbol *s = find_symbol(&p->function->shared_names, name);
    if (!s || kind != 'r') fail(p, "unknown name '%s'", name);
    return constant_place(p->function, kind, s ? s->value : 0);
  }
  return constant_place(p->function, kind, number(p));
}

static void memory(struct parser *p, struct instruction *in) {
  int shared = in->op == LD_S || in->op == ST_S;
  need(p, "[");
  space(p);
  in->base = -1;
  if (*p->at == '%') {
    char name[NAME];
    word(p, name);
    in->base = declared(p, name, shared ? 'r' : 'd');
  } else {
    char name[NAME];
    word(p, name);
    const struct symbol *s = find_symbol(&p->function->shared_names, name);
    if (!s || !shared) fail(p, "unknown name '%s'", name);
    in->offset = s ? s->value : 0;
  }
  if (take(p, "+")) in->offset += number(p);
  need(p, "]");
}

static void parameter_place(struct parser *p, struct instruction *in) {
  char name[NAME];
  need(p, "[");
  word(p, name);
  need(p, "]");
  ptx_function *f = p->function;
  for (int i = 0; i < f->params; i++) {
    if (!strcmp(f->param[i].name, name)) {
      if (f->param[i].value != in->width) fail(p, "parameter '%s' has another size", name);
      in->offset = i;
      return;
    }
  }
  fail(p, "there is no parameter '%s'", name);
}

static void operands(struct parser *p, struct instruction *in, const char *kinds) {
  int next = 0;
  for (const char *k = kinds; *k && !p->failed; k++) {
    if (k != kinds) need(p, ",");
    if (*k == 'm') memory(p, in);
    else if (*k == 'a') parameter_place(p, in);
    else if (*k == 'L') {
      char name[NAME];
      word(p, name);
      add_symbol(&p->function->jumps, name, p->function->length - 1, p->line);
    } else if (isdigit((unsigned char)k[1])) {
      in->count = k[1] - '0';
      need(p, "{");
      for (int i = 0; i < in->count; i++) {
        if (i) need(p, ",");
        in->at[next++] = operand(p, *k);
      }
      need(p, "}");
      k++;
    } else in->at[next++] = operand(p, *k);
  }
  need(p, ";");
}

static void comparison(struct parser *p, struct instruction *in, const char *name) {
  static const char *const TYPES[] = {"f32", "s32", "u32", "u64", "s64", "b32"};
  static const enum op OPS[] = {SETP_F, SETP_S32, SETP_U32, SETP_U64, SETP_S64, SETP_U32};
  char how[NAME] = "", type[NAME] = "";
  if (sscanf(name, "setp.%15[a-z].%15[a-z0-9]", how, type) != 2) fail(p, "unknown '%s'", name);
  int t = 0, c = 0;
  while (t < 6 && strcmp(type, TYPES[t])) t++;
  while (c <= NUM && strcmp(how, COMPARISONS[c])) c++;
  if (t == 6 || c > NUM || (t != 0 && c > GE)) {
    fail(p, "unknown instruction '%s'", name);
    return;
  }
  in->op = OPS[t];
  in->comparison = c;
  operands(p, in, in->op == SETP_U64 || in->op == SETP_S64 ? "pdd" : "prr");
}

static void statement(struct parser *p) {
  ptx_function *f = p->function;
  f->code = grown(f->code, f->length, &f->capacity, sizeof *f->code);
  struct instruction *in = &f->code[f->length++];
  memset(in, 0, sizeof *in);
  in->line = p->line;
  in->guard = -1;
  in->base = -1;
  in->count = 1;
  char name[NAME];
  if (take(p, "@")) {
    in->guard_inverted = take(p, "!");
    word(p, name);
    in->guard = declared(p, name, 'p');
  }
  word(p, name);
  if (!strncmp(name, "setp.", 5)) {
    comparison(p, in, name);
    return;
  }
  for (size_t i = 0; i < sizeof SPELLINGS / sizeof *SPELLINGS; i++) {
    if (!strcmp(SPELLINGS[i].text, name)) {
      in->op = SPELLINGS[i].op;
      in->width = SPELLINGS[i].width;
      operands(p, in, SPELLINGS[i].operands);
      return;
    }
  }
  fail(p, "unknown instruction '%s'", name);
}

static void declaration(struct parser *p) {
  ptx_function *f = p->function;
  if (take(p, ".reg")) {
    static const char *const TYPES[] = {".pred", ".b32", ".b64", ".f32"};
    if (f->length) fail(p, "registers are declared before the code");
    for (int kind = 0; kind < KINDS; kind++) {
      if (take(p, TYPES[kind])) {
        char name[NAME];
        word(p, name);
        if (*f->prefixes[kind] || strlen(name) >= sizeof f->prefixes[kind]) fail(p, "'%s'", name);
        else strcpy(f->prefixes[kind], name);
        need(p, "<");
        f->registers[kind] = (int)number(p);
        need(p, ">");
        need(p, ";");
        return;
      }
    }
    fail(p, "unknown type of registers '%.20s'", p->at);
  } else {
    need(p, ".shared");
    need(p, ".align");
    int64_t align = number(p);
    need(p, ".b8");
    char name[NAME];
    word(p, name);
    need(p, "[");
    int64_t bytes = number(p);
    need(p, "]");
    need(p, ";");
    f->shared = (f->shared + (size_t)align - 1) / (size_t)align * (size_t)align;
    add_symbol(&f->shared_names, name, (int64_t)f->shared, p->line);
    f->shared += (size_t)bytes;
    if (f->shared > 48 << 10) fail(p, "%zu bytes of shared memory", f->shared);
  }
}

static void body(struct parser *p) {
  ptx_function *f = p->function;
  need(p, "{");
  while (!p->failed && !take(p, "}")) {
    if (!*p->at) fail(p, "the text ends within a function");
    if (*p->at == '.') {
      declaration(p);
      continue;
    }
    const char *colon = p->at;
    while (isalnum((unsigned char)*colon) || *colon == '_') colon++;
    if (*colon == ':') {
      char name[NAME];
      word(p, name);
      need(p, ":");
      if (find_symbol(&f->labels, name)) fail(p, "label '%s' stands twice", name);
      add_symbol(&f->labels, name, f->length, p->line);
    } else statement(p);
  }
  for (int i = 0; i < f->jumps.count && !p->failed; i++) {
    const struct symbol *target = find_symbol(&f->labels, f->jumps.all[i].name);
    p->line = f->jumps.all[i].line;
    if (!target) fail(p, "there is no label '%s'", f->jumps.all[i].name);
    else f->code[f->jumps.all[i].value].offset = target->value;
  }
  if (!p->failed && (!f->length || f->code[f->length - 1].op != RET))
    fail(p, "'%s' does not end with ret", f->name);
}

static void entry(struct parser *p, ptx_module *module) {
  ptx_function *f = calloc(1, sizeof *f);
  if (!f) abort();
  f->next = module->functions;
  module->functions = f;
  p->function = f;
  f->max_threads = 1024;
  word(p, f->name);
  need(p, "(");
  while (!p->failed && !take(p, ")")) {
    if (f->params) need(p, ",");
    if (f->params == MAX_PARAMS) fail(p, "more than %d parameters", MAX_PARAMS);
    need(p, ".param");
    int wide = take(p, ".u64");
    if (!wide && !take(p, ".u32") && !take(p, ".f32")) fail(p, "unknown type '%.10s'", p->at);
    if (p->failed) return;
    word(p, f->param[f->params].name);
    f->param[f->params++].value = wide ? 8 : 4;
  }
  if (take(p, ".maxntid")) {
    f->max_threads = (unsigned)number(p);
    while (take(p, ",")) f->max_threads *= (unsigned)number(p);
  }
  if (take(p, ".minnctapersm")) number(p);
  body(p);
}

ptx_module *ptx_parse(const char *text, char *error, size_t n) {
  struct parser p = {text, 1, NULL, error, n, 0};
  ptx_module *module = calloc(1, sizeof *module);
  if (!module) abort();
  need(&p, ".version");
  char version[NAME];
  word(&p, version);
  if (strcmp(version, "6.0")) fail(&p, "PTX %s, known is 6.0", version);
  need(&p, ".target");
  word(&p, version);
  need(&p, ".address_size");
  if (number(&p) != 64) fail(&p, "addresses have 64 bits");
  space(&p);
  while (!p.failed && *p.at) {
    need(&p, ".visible");
    need(&p, ".entry");
    if (!p.failed) entry(&p, module);
    space(&p);
  }
  if (p.failed) {
    ptx_free(module);
    return NULL;
  }
  return module;
}

void ptx_free(ptx_module *module) {
  ptx_function *f = module->functions;
  while (f) {
    ptx_function *next = f->next;
    free(f->code);
    free(f->constants);
    free(f->shared_names.all);
    free(f->labels.all);
    free(f->jumps.all);
    free(f);
    f = next;
  }
  free(module);
}

ptx_function *ptx_find(ptx_module *module, const char *name) {
  ptx_function *f = module->functions;
  while (f && strcmp(f->name, name)) f = f->next;
  return f;
}

int ptx_param_count(ptx_function *f) { return f->params; }
size_t ptx_param_size(ptx_function *f, int i) { return (size_t)f->param[i].value; }
size_t ptx_static_shared(ptx_function *f) { return f->shared; }

/* ---- running ---- */

typedef union {
  uint32_t u[LANES];
  int32_t s[LANES];
  float f[LANES];
} lanes32;

typedef union {
  uint64_t u[LANES];
  int64_t s[LANES];
} lanes64;

struct group {
  int pc;
  uint32_t lanes;
};

enum state { RUNNING, WAITING, DONE };

struct warp {
  lanes32 *b32;
  lanes64 *b64;
  uint32_t *pred;
  struct group groups[MAX_GROUPS]; /* those that branched apart; the one at the first place runs */
  int group_count;
  uint32_t alive;
  enum state state;
};

struct run {
  const ptx_function *f;
  void **params;
  unsigned char *shared;
  size_t shared_bytes;
  char *error;
  size_t n;
  int failed;
};

static void stop(struct run *run, const struct instruction *in, const char *format, ...) {
  if (run->failed) return;
  run->failed = 1;
  int used = snprintf(run->error, run->n, "%s, line %d: ", run->f->name, in->line);
  va_list list;
  va_start(list, format);
  if (used >= 0 && (size_t)used < run->n)
    vsnprintf(run->error + used, run->n - used, format, list);
  va_end(list);
}

/* The one NaN that arithmetic gives on a device. */
static const uint32_t DEVICE_NAN = 0x7fffffffu;

static inline uint32_t float_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return value != value ? DEVICE_NAN : bits;
}

static float minimum(float a, float b) {
  if (a != a) return b;
  if (b != b) return a;
  if (a == b) return signbit(a) ? a : b;
  return a < b ? a : b;
}

static float maximum(float a, float b) {
  if (a != a) return b;
  if (b != b) return a;
  if (a == b) return signbit(a) ? b : a;
  return a > b ? a : b;
}

static uint32_t to_s32(float a) {
  if (a != a) return 0;
  if (a >= 2147483648.0f) return 0x7fffffffu;
  if (a < -2147483648.0f) return 0x80000000u;
  return (uint32_t)(int32_t)a;
}

static uint32_t reversed(uint32_t a) {
  uint32_t r = 0;
  for (int i = 0; i < 32; i++) r |= (a >> i & 1) << (31 - i);
  return r;
}

static inline void keep32(lanes32 *to, const lanes32 *from, uint32_t mask) {
  if (mask == FULL) *to = *from;
  else
    for (int l = 0; l < LANES; l++)
      if (mask >> l & 1) to->u[l] = from->u[l];
}

static inline void keep64(lanes64 *to, const lanes64 *from, uint32_t mask) {
  if (mask == FULL) *to = *from;
  else
    for (int l = 0; l < LANES; l++)
      if (mask >> l & 1) to->u[l] = from->u[l];
}

#define EACH for (int l = 0; l < LANES; l++)
#define INTO32(expression) do { lanes32 t; EACH t.u[l] = (expression); keep32(D, &t, mask); } while (0)
#define INTO64(expression) do { lanes64 t; EACH t.u[l] = (expression); keep64(DD, &t, mask); } while (0)
#define FLOAT(expression) do { \
    lanes32 t; EACH t.f[l] = (expression); \
    EACH t.u[l] = (t.u[l] & 0x7fffffffu) > 0x7f800000u ? DEVICE_NAN : t.u[l]; \
    keep32(D, &t, mask); } while (0)

static uint32_t compare_bits(const struct instruction *in, const struct warp *w) {
  uint32_t result = 0;
#define COMPARE(member, place, left, right) \
  do { \
    const place *a = left, *b = right; \
    switch (in->comparison) { \
      case EQ: EACH result |= (uint32_t)(a->member[l] == b->member[l]) << l; break; \
      case NE: EACH result |= (uint32_t)(a->member[l] != b->member[l]) << l; break; \
      case LT: EACH result |= (uint32_t)(a->member[l] < b->member[l]) << l; break; \
      case LE: EACH result |= (uint32_t)(a->member[l] <= b->member[l]) << l; break; \
      case GT: EACH result |= (uint32_t)(a->member[l] > b->member[l]) << l; break; \
      case GE: EACH result |= (uint32_t)(a->member[l] >= b->member[l]) << l; break; \
      default: break; \
    } \
  } while (0)
  switch (in->op) {
    case SETP_S32: COMPARE(s, lanes32, &w->b32[in->at[1]], &w->b32[in->at[2]]); return result;
    case SETP_U32: COMPARE(u, lanes32, &w->b32[in->at[1]], &w->b32[in->at[2]]); return result;
    case SETP_U64: COMPARE(u, lanes64, &w->b64[in->at[1]], &w->b64[in->at[2]]); return result;
    case SETP_S64: COMPARE(s, lanes64, &w->b64[in->at[1]], &w->b64[in->at[2]]); return result;
    default: break;
  }
  const lanes32 *a = &w->b32[in->at[1]], *b = &w->b32[in->at[2]];
  uint32_t nan = 0, eq = 0, lt = 0;
  EACH nan |= (uint32_t)(a->f[l] != a->f[l] || b->f[l] != b->f[l]) << l;
  EACH eq |= (uint32_t)(a->f[l] == b->f[l]) << l;
  EACH lt |= (uint32_t)(a->f[l] < b->f[l]) << l;
  uint32_t gt = ~(nan | eq | lt);
  switch ((enum comparison)in->comparison) {
    case EQ: return eq;
    case NE: return lt | gt;
    case LT: return lt;
    case LE: return lt | eq;
    case GT: return gt;
    case GE: return gt | eq;
    case EQU: return eq | nan;
    case NEU: return lt | gt | nan;
    case LTU: return lt | nan;
    case LEU: return lt | eq | nan;
    case GTU: return gt | nan;
    case GEU: return gt | eq | nan;
    case NAN_: return nan;
    default: return ~nan;
  }
}

/* Where each lane of a memory access reads or writes; 0 if one must not. */
static int addresses(struct run *run, const struct instruction *in, const struct warp *w,
                     uint32_t mask, unsigned char **to) {
  unsigned bytes = (unsigned)(in->width * in->count);
  if (in->op == LD_S || in->op == ST_S) {
    EACH {
      if (!(mask >> l & 1)) continue;
      int64_t at = in->offset + (in->base < 0 ? 0 : (int64_t)w->b32[in->base].u[l]);
      if (at < 0 || (size_t)at + bytes > run->shared_bytes || at % bytes) {
        stop(run, in, "lane %d: %u bytes at byte %lld of %zu bytes of shared memory", l, bytes,
             (long long)at, run->shared_bytes);
        return 0;
      }
      to[l] = run->shared + at;
    }
    return 1;
  }
  uint64_t low = UINT64_MAX, high = 0;
  EACH {
    if (!(mask >> l & 1)) continue;
    uint64_t at = w->b64[in->base].u[l] + (uint64_t)in->offset;
    if (at % bytes) {
      stop(run, in, "lane %d: address 0x%llx is no multiple of %u", l, (unsigned long long)at, bytes);
      return 0;
    }
    low = at < low ? at : low;
    high = at > high ? at : high;
    to[l] = (unsigned char *)(uintptr_t)at;
  }
  if (!mask || fake_owns(low, (size_t)(high - low) + bytes)) return 1;
  EACH {
    if ((mask >> l & 1) && !fake_owns((uint64_t)(uintptr_t)to[l], bytes)) {
      stop(run, in, "lane %d: %u bytes at 0x%llx are not allocated", l, bytes,
           (unsigned long long)(uintptr_t)to[l]);
      return 0;
    }
  }
  return 1;
}

static void load(struct run *run, const struct instruction *in, struct warp *w, uint32_t mask) {
  unsigned char *from[LANES];
  if (!addresses(run, in, w, mask, from)) return;
  for (int i = 0; i < in->count; i++) {
    EACH {
      if (!(mask >> l & 1)) continue;
      if (in->width == 8) memcpy(&w->b64[in->at[i]].u[l], from[l] + 8 * i, 8);
      else memcpy(&w->b32[in->at[i]].u[l], from[l] + 4 * i, 4);
    }
  }
}

static void store(struct run *run, const struct instruction *in, struct warp *w, uint32_t mask) {
  unsigned char *to[LANES];
  if (!addresses(run, in, w, mask, to)) return;
  for (int i = 0; i < in->count; i++) {
    EACH {
      if (!(mask >> l & 1)) continue;
      if (in->width == 8) memcpy(to[l] + 8 * i, &w->b64[in->at[i]].u[l], 8);
      else memcpy(to[l] + 4 * i, &w->b32[in->at[i]].u[l], 4);
    }
  }
}

static void atomic(struct run *run, const struct instruction *in, struct warp *w, uint32_t mask) {
  unsigned char *to[LANES];
  if (!addresses(run, in, w, mask, to)) return;
  int silent = in->op == RED_ADD;
  EACH {
    if (!(mask >> l & 1)) continue;
    uint32_t old, value = w->b32[in->at[silent ? 0 : 1]].u[l], fresh;
    memcpy(&old, to[l], 4);
    fresh = in->op == ATOM_MIN ? (value < old ? value : old)
            : in->op == ATOM_OR ? (old | value)
                                : old + value;
    memcpy(to[l], &fresh, 4);
    if (!silent) w->b32[in->at[0]].u[l] = old;
  }
}

static void shuffle(struct run *run, const struct instruction *in, struct warp *w, uint32_t mask) {
  const lanes32 *a = &w->b32[in->at[1]], *b = &w->b32[in->at[2]];
  lanes32 t;
  int least = w->b32[in->at[3]].u[0] & 0x1f;
  if (w->b32[in->at[4]].u[0] != FULL || mask != FULL || (in->op == SHFL_UP && least) ||
      (in->op == SHFL_IDX && least != 31)) {
    stop(run, in, "a shuffle takes a whole warp");
    return;
  }
  EACH {
    int from = in->op == SHFL_IDX ? (int)(b->u[l] & 31) : l - (int)b->u[l];
    t.u[l] = a->u[from < 0 ? l : from];
  }
  keep32(&w->b32[in->at[0]], &t, mask);
}

static void simple(struct run *run, const struct instruction *in, struct warp *w, uint32_t mask) {
  lanes32 *D = &w->b32[in->at[0]];
  lanes64 *DD = &w->b64[in->at[0]];
  const lanes32 *A = &w->b32[in->at[1]], *B = &w->b32[in->at[2]], *C = &w->b32[in->at[3]];
  const lanes64 *AA = &w->b64[in->at[1]], *BB = &w->b64[in->at[2]];
  uint32_t *P = &w->pred[in->at[0]];
  const uint32_t *PA = &w->pred[in->at[1]], *PB = &w->pred[in->at[2]];
#define CONDITION(expression) (*P = (*P & ~mask) | ((expression) & mask))
  switch (in->op) {
    case LD_PARAM32: { uint32_t v; memcpy(&v, run->params[in->offset], 4); INTO32(v); break; }
    case LD_PARAM64: { uint64_t v; memcpy(&v, run->params[in->offset], 8); INTO64(v); break; }
    case MOV32: INTO32(A->u[l]); break;
    case MOV64: INTO64(AA->u[l]); break;
    case SELP32: { uint32_t c = w->pred[in->at[3]]; INTO32(c >> l & 1 ? A->u[l] : B->u[l]); break; }
    case SELP64: { uint32_t c = w->pred[in->at[3]]; INTO64(c >> l & 1 ? AA->u[l] : BB->u[l]); break; }
    case ADD_F: FLOAT(A->f[l] + B->f[l]); break;
    case SUB_F: FLOAT(A->f[l] - B->f[l]); break;
    case MUL_F: FLOAT(A->f[l] * B->f[l]); break;
    case DIV_F: FLOAT(A->f[l] / B->f[l]); break;
    case FMA_F: FLOAT(fmaf(A->f[l], B->f[l], C->f[l])); break;
    case SQRT_F: FLOAT(sqrtf(A->f[l])); break;
    case NEG_F: FLOAT(-A->f[l]); break;
    case ABS_F: FLOAT(fabsf(A->f[l])); break;
    case MIN_F: INTO32(float_bits(minimum(A->f[l], B->f[l]))); break;
    case MAX_F: INTO32(float_bits(maximum(A->f[l], B->f[l]))); break;
    case FLOOR_F: FLOAT(floorf(A->f[l])); break;
    case RINT_F: FLOAT(rintf(A->f[l])); break;
    case F_TO_S: INTO32(to_s32(A->f[l])); break;
    case S_TO_F: FLOAT((float)A->s[l]); break;
    case U_TO_F: FLOAT((float)A->u[l]); break;
    case ADD32: INTO32(A->u[l] + B->u[l]); break;
    case SUB32: INTO32(A->u[l] - B->u[l]); break;
    case MUL32: INTO32(A->u[l] * B->u[l]); break;
    case MUL_HI32: INTO32((uint32_t)((uint64_t)A->u[l] * B->u[l] >> 32)); break;
    case MAD32: INTO32(A->u[l] * B->u[l] + C->u[l]); break;
    case DIV_U32:
    case REM_U32:
      EACH if ((mask >> l & 1) && !B->u[l]) stop(run, in, "lane %d divides by 0", l);
      if (in->op == DIV_U32) INTO32(B->u[l] ? A->u[l] / B->u[l] : 0);
      else INTO32(B->u[l] ? A->u[l] % B->u[l] : 0);
      break;
    case MIN_U32: INTO32(A->u[l] < B->u[l] ? A->u[l] : B->u[l]); break;
    case MAX_U32: INTO32(A->u[l] > B->u[l] ? A->u[l] : B->u[l]); break;
    case MIN_S32: INTO32(A->s[l] < B->s[l] ? A->u[l] : B->u[l]); break;
    case MAX_S32: INTO32(A->s[l] > B->s[l] ? A->u[l] : B->u[l]); break;
    case AND32: INTO32(A->u[l] & B->u[l]); break;
    case OR32: INTO32(A->u[l] | B->u[l]); break;
    case XOR32: INTO32(A->u[l] ^ B->u[l]); break;
    case NOT32: INTO32(~A->u[l]); break;
    case SHL32: INTO32(B->u[l] > 31 ? 0 : A->u[l] << B->u[l]); break;
    case SHR_U32: INTO32(B->u[l] > 31 ? 0 : A->u[l] >> B->u[l]); break;
    case SHR_S32: INTO32((uint32_t)(A->s[l] >> (B->u[l] > 31 ? 31 : B->u[l]))); break;
    case SHF_L: INTO32((uint32_t)((((uint64_t)B->u[l] << 32 | A->u[l]) << (C->u[l] & 31)) >> 32)); break;
    case BREV32: INTO32(reversed(A->u[l])); break;
    case CLZ32: INTO32(A->u[l] ? (uint32_t)__builtin_clz(A->u[l]) : 32u); break;
    case POPC32: INTO32((uint32_t)__builtin_popcount(A->u[l])); break;
    case ADD64: INTO64(AA->u[l] + BB->u[l]); break;
    case SUB64: INTO64(AA->u[l] - BB->u[l]); break;
    case AND64: INTO64(AA->u[l] & BB->u[l]); break;
    case OR64: INTO64(AA->u[l] | BB->u[l]); break;
    case SHL64: INTO64(B->u[l] > 63 ? 0 : AA->u[l] << B->u[l]); break;
    case SHR_U64: INTO64(B->u[l] > 63 ? 0 : AA->u[l] >> B->u[l]); break;
    case MUL_WIDE: INTO64((uint64_t)A->u[l] * B->u[l]); break;
    case MAD_WIDE: { const lanes64 *CC = &w->b64[in->at[3]]; INTO64((uint64_t)A->u[l] * B->u[l] + CC->u[l]); break; }
    case U32_TO_U64: INTO64(A->u[l]); break;
    case U64_TO_U32: INTO32((uint32_t)AA->u[l]); break;
    case AND_P: CONDITION(*PA & *PB); break;
    case OR_P: CONDITION(*PA | *PB); break;
    case XOR_P: CONDITION(*PA ^ *PB); break;
    case NOT_P: CONDITION(~*PA); break;
    case SETP_F: case SETP_S32: case SETP_U32: case SETP_U64: case SETP_S64:
      CONDITION(compare_bits(in, w));
      break;
    case BALLOT:
      if (w->b32[in->at[2]].u[0] != FULL || mask != FULL) stop(run, in, "a vote takes a whole warp");
      else { uint32_t c = *PA; INTO32(c); }
      break;
    case SHFL_IDX: case SHFL_UP: shuffle(run, in, w, mask); break;
    case LD_G: case LD_S: load(run, in, w, mask); break;
    case ST_G: case ST_S: store(run, in, w, mask); break;
    case ATOM_ADD: case ATOM_MIN: case ATOM_OR: case RED_ADD: atomic(run, in, w, mask); break;
    default: stop(run, in, "no such instruction"); break;
  }
}

/* Puts the lanes that go on at a place among the groups; those at the same place join. */
static void put(struct run *run, const struct instruction *in, struct warp *w, int pc, uint32_t lanes) {
  if (!lanes) return;
  for (int i = 0; i < w->group_count; i++) {
    if (w->groups[i].pc == pc) {
      w->groups[i].lanes |= lanes;
      return;
    }
  }
  if (w->group_count == MAX_GROUPS) {
    stop(run, in, "a warp is scattered over more than %d places", MAX_GROUPS);
    return;
  }
  w->groups[w->group_count++] = (struct group){pc, lanes};
}

/* The group that is furthest behind runs, so that lanes meet again where their ways join. */
static struct group next_group(struct warp *w) {
  int first = 0;
  for (int i = 1; i < w->group_count; i++)
    if (w->groups[i].pc < w->groups[first].pc) first = i;
  struct group chosen = w->groups[first];
  w->groups[first] = w->groups[--w->group_count];
  return chosen;
}

/* Runs a warp until it ends or waits at a barrier. */
static void run_warp(struct run *run, struct warp *w) {
  while (!run->failed && w->group_count) {
    struct group g = next_group(w);
    for (;;) {
      const struct instruction *in = &run->f->code[g.pc];
      uint32_t mask = g.lanes;
      if (in->guard >= 0) mask &= in->guard_inverted ? ~w->pred[in->guard] : w->pred[in->guard];
      if (in->op == BRA || in->op == RET) {
        if (in->op == RET) w->alive &= ~mask;
        else put(run, in, w, (int)in->offset, mask);
        put(run, in, w, g.pc + 1, g.lanes & ~mask);
        break;
      }
      if (in->op == BAR || in->op == BAR_WARP) {
        if (mask != w->alive) {
          stop(run, in, "not all lanes of a warp come to a barrier together");
          return;
        }
        put(run, in, w, g.pc + 1, g.lanes);
        if (in->op == BAR) {
          w->state = WAITING;
          return;
        }
        break;
      }
      if (mask) simple(run, in, w, mask);
      if (run->failed) return;
      g.pc++;
      if (w->group_count) {
        put(run, in, w, g.pc, g.lanes);
        break;
      }
    }
  }
  w->state = DONE;
}

static void run_block(struct run *run, struct warp *warps, int count) {
  int turn = 0;
  for (;;) {
    int running = 0, waiting = 0;
    for (int i = 0; i < count && !run->failed; i++) {
      /* Every other time from behind, so that a missing barrier shows. */
      struct warp *w = &warps[turn & 1 ? count - 1 - i : i];
      if (w->state == RUNNING) run_warp(run, w);
    }
    if (run->failed) return;
    for (int i = 0; i < count; i++) {
      waiting += warps[i].state == WAITING;
      running += warps[i].state == RUNNING;
    }
    if (!waiting && !running) return;
    for (int i = 0; i < count; i++)
      if (warps[i].state == WAITING) warps[i].state = RUNNING;
    turn++;
  }
}

static void start_warp(const ptx_function *f, struct warp *w, int number, const unsigned block[3],
                       const unsigned grid[3], const unsigned at[3]) {
  unsigned threads = block[0] * block[1] * block[2];
  unsigned first = (unsigned)number * LANES;
  w->alive = threads - first >= LANES ? FULL : (1u << (threads - first)) - 1;
  w->groups[0] = (struct group){0, w->alive};
  w->group_count = 1;
  w->state = RUNNING;
  EACH {
    unsigned thread = first + (unsigned)l;
    w->b32[TID_X].u[l] = thread % block[0];
    w->b32[TID_Y].u[l] = thread / block[0] % block[1];
    w->b32[TID_Z].u[l] = thread / block[0] / block[1];
    w->b32[LANEID].u[l] = (uint32_t)l;
    for (int axis = 0; axis < 3; axis++) {
      w->b32[NTID_X + axis].u[l] = block[axis];
      w->b32[CTAID_X + axis].u[l] = at[axis];
      w->b32[NCTAID_X + axis].u[l] = grid[axis];
    }
  }
  (void)f;
}

static void *zeroed(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size);
  if (!memory) abort();
  return memory;
}

int ptx_launch(ptx_function *f, const unsigned grid[3], const unsigned block[3],
               size_t dynamic_shared, void **params, char *error, size_t n) {
  unsigned threads = block[0] * block[1] * block[2];
  if (!threads || threads > f->max_threads) {
    snprintf(error, n, "%s: %u threads in a block, at most %u", f->name, threads, f->max_threads);
    return 1;
  }
  (void)dynamic_shared; /* No text declares any, so none can be reached. */
  struct run run = {f, params, NULL, f->shared, error, n, 0};
  int count = (int)((threads + LANES - 1) / LANES);
  int places32 = SPECIALS + f->registers[B32] + f->registers[F32] + f->constant_count;
  int places64 = f->registers[B64] + f->constant_count;
  struct warp *warps = zeroed((size_t)count, sizeof *warps);
  run.shared = zeroed(f->shared + 16, 1);
  for (int i = 0; i < count; i++) {
    warps[i].b32 = zeroed((size_t)places32, sizeof(lanes32));
    warps[i].b64 = zeroed((size_t)places64, sizeof(lanes64));
    warps[i].pred = zeroed((size_t)f->registers[PRED], sizeof(uint32_t));
    for (int c = 0; c < f->constant_count; c++) {
      EACH {
        warps[i].b32[places32 - f->constant_count + c].u[l] = (uint32_t)f->constants[c];
        warps[i].b64[f->registers[B64] + c].u[l] = f->constants[c];
      }
    }
  }
  unsigned at[3];
  for (at[2] = 0; at[2] < grid[2] && !run.failed; at[2]++) {
    for (at[1] = 0; at[1] < grid[1] && !run.failed; at[1]++) {
      for (at[0] = 0; at[0] < grid[0] && !run.failed; at[0]++) {
        /* What a block leaves in shared memory is no number that the next one should find. */
        memset(run.shared, 0xff, f->shared);
        for (int i = 0; i < count; i++) start_warp(f, &warps[i], i, block, grid, at);
        run_block(&run, warps, count);
      }
    }
  }
  for (int i = 0; i < count; i++) {
    free(warps[i].b32);
    free(warps[i].b64);
    free(warps[i].pred);
  }
  free(run.shared);
  free(warps);
  return run.failed;
}
