/*
 * The kernels of the driver room's own tests, known by their names: stands in for the interpreter
 * where that is not linked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ptx.h"

struct ptx_function {
  const char *name;
  int there;
};

struct ptx_module {
  struct ptx_function affine, stray;
};

ptx_module *ptx_parse(const char *text, char *error, size_t n) {
  if (strstr(text, ".version") == NULL || strstr(text, "nonsense") != NULL) {
    snprintf(error, n, "ptxas: line 4: syntax error at 'nonsense'");
    return NULL;
  }
  ptx_module *module = calloc(1, sizeof *module);
  module->affine = (ptx_function){"affine", strstr(text, "affine(") != NULL};
  module->stray = (ptx_function){"stray", strstr(text, "stray(") != NULL};
  return module;
}

void ptx_free(ptx_module *module) { free(module); }

ptx_function *ptx_find(ptx_module *module, const char *name) {
  if (module->affine.there && strcmp(name, "affine") == 0) {
    return &module->affine;
  }
  return module->stray.there && strcmp(name, "stray") == 0 ? &module->stray : NULL;
}

static int is_affine(ptx_function *function) { return strcmp(function->name, "affine") == 0; }

int ptx_param_count(ptx_function *function) { return is_affine(function) ? 4 : 1; }

size_t ptx_param_size(ptx_function *function, int index) {
  (void)function;
  return index == 0 || index == 3 ? 8 : 4;
}

size_t ptx_static_shared(ptx_function *function) {
  (void)function;
  return 0;
}

int ptx_launch(ptx_function *function, const unsigned grid[3], const unsigned block[3],
               size_t dynamic_shared, void **params, char *error, size_t n) {
  (void)dynamic_shared;
  uint64_t out = *(uint64_t *)params[0];
  if (!is_affine(function)) {
    if (!fake_owns(out, 4)) {
      snprintf(error, n, "st.global of 4 bytes outside of live buffers");
      return 1;
    }
    return 0;
  }
  uint32_t count = *(uint32_t *)params[1];
  float factor = *(float *)params[2];
  int64_t offset = *(int64_t *)params[3];
  for (uint32_t i = 0; i < count && i < grid[0] * block[0]; i++) {
    if (!fake_owns(out + 4 * i, 4)) {
      snprintf(error, n, "st.global of 4 bytes outside of live buffers");
      return 1;
    }
    float scaled = factor * (float)i;
    ((float *)out)[i] = scaled + (float)offset;
  }
  return 0;
}
