/*
 * An interpreter of the part of PTX that this project prints: text in, whole grids executed on the
 * host. The fake driver (fakecuda.c) is its only caller and holds one lock around every call.
 */
#ifndef VELELLA_PTX_H
#define VELELLA_PTX_H

#include <stddef.h>
#include <stdint.h>

typedef struct ptx_module ptx_module;
typedef struct ptx_function ptx_function;

/* NULL with a message in `error` where the text is wrong. `text` need not outlive the call. */
ptx_module *ptx_parse(const char *text, char *error, size_t n);
void ptx_free(ptx_module *module);

/* NULL where there is no kernel of that name. Lives as long as its module. */
ptx_function *ptx_find(ptx_module *module, const char *name);

int ptx_param_count(ptx_function *function);
/* In bytes. */
size_t ptx_param_size(ptx_function *function, int index);
/* Bytes of shared memory that the kernel declares. */
size_t ptx_static_shared(ptx_function *function);

/* Runs all blocks; params[i] points to the value of parameter i. 0, or not with a message. */
int ptx_launch(ptx_function *function, const unsigned grid[3], const unsigned block[3],
               size_t dynamic_shared, void **params, char *error, size_t n);

/*
 * Of fakecuda.c: whether all these bytes lie in one live allocation of the device whose kernel is
 * running. Device addresses are host addresses.
 */
int fake_owns(uint64_t address, size_t bytes);

#endif
