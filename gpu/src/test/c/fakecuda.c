/*
 * A CUDA driver without a device, for tests: it has the name and the functions of libcuda.so.1 that
 * this project calls, and runs kernels with the interpreter in ptx.c. Device memory is host memory.
 *
 * It is stricter than a device where that finds mistakes. Work in a stream is done as late as
 * allowed: when somebody waits for it. New memory is full of NaNs. Every access of a kernel is
 * checked against the live allocations. Copies that go on beside the host need page-locked memory.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "ptx.h"

#define EXPORT __attribute__((visibility("default")))

enum {
  OK = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_CONTEXT = 201,
  INVALID_PTX = 218,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  LAUNCH_OUT_OF_RESOURCES = 701
};

enum { MAX_DEVICES = 32, MAX_PARAMS = 512, MESSAGE = 512 };

#define SHARED_WITHOUT_ASKING (48u << 10)
#define SHARED_AT_MOST (227u << 10)

/* ---- What there is ---------------------------------------------------------------------------- */

typedef struct allocation {
  uint64_t address;
  size_t bytes;
  int device; /* -1: page-locked memory of the host */
} allocation;

typedef struct device {
  int retained;
  uint64_t limit;
  uint64_t used;
  int sticky;        /* the error that lost it */
  long lose_in;      /* launches until it is lost; 0: never */
  long launches;
} device;

typedef struct fake_module {
  int device;
  ptx_module *code;
} fake_module;

typedef struct fake_function {
  fake_module *module;
  ptx_function *code;
  char name[256];
  unsigned dynamic_allowed;
  struct fake_function *next;
} fake_function;

typedef struct stream stream;

typedef struct event {
  int device;
  stream *where;
  uint64_t moment; /* the place in that stream; 0: recorded nowhere */
  struct timespec time;
} event;

enum kind { LAUNCH, UPLOAD, DOWNLOAD, COPY, FILL, RECORD, WAIT };

typedef struct op {
  enum kind kind;
  uint64_t moment;
  uint64_t to, from;
  size_t bytes;
  uint32_t word;
  event *event;
  stream *other;
  uint64_t other_moment;
  fake_function *function;
  unsigned grid[3], block[3];
  unsigned dynamic_shared;
  void *params[MAX_PARAMS];
  uint64_t values[MAX_PARAMS];
  struct op *next;
} op;

struct stream {
  int device;
  int open;
  uint64_t issued, done;
  op *first, *last;
};

static pthread_mutex_t lock;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int started;
static int device_count = 2;
static device devices[MAX_DEVICES];
static int visible[MAX_DEVICES];
static int visible_count;
static allocation *allocations;
static size_t allocation_count, allocation_room;
static fake_function *functions;
static stream **streams;
static size_t stream_count, stream_room;
static long fail_allocation_in;
static long live_streams, live_events, live_modules;
static char last_message[2 * MESSAGE];
static int running_device = -1;
static __thread int current = -1; /* the device whose context the thread is in */

static uint64_t number(const char *name, uint64_t otherwise) {
  const char *text = getenv(name);
  return text != NULL && *text != 0 ? strtoull(text, NULL, 10) : otherwise;
}

static void set_up(void) {
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&lock, &recursive);
  device_count = (int)number("FAKECUDA_DEVICES", 2);
  if (device_count > MAX_DEVICES) {
    device_count = MAX_DEVICES;
  }
  fail_allocation_in = (long)number("FAKECUDA_FAIL_ALLOCATION", 0);
  for (int i = 0; i < MAX_DEVICES; i++) {
    devices[i].limit = number("FAKECUDA_MEMORY", 1ull << 30);
    devices[i].lose_in = (long)number("FAKECUDA_LOSE_AT_LAUNCH", 0);
  }
}

static void enter(void) {
  pthread_once(&once, set_up);
  pthread_mutex_lock(&lock);
}

static int leave(int result) {
  pthread_mutex_unlock(&lock);
  return result;
}

static int usable(void) {
  if (!started) {
    return NOT_INITIALIZED;
  }
  if (current < 0 || devices[current].retained == 0) {
    return INVALID_CONTEXT;
  }
  return devices[current].sticky;
}

/* ---- Memory ------------------------------------------------------------------------------------ */

/* The place of the last allocation that does not begin behind an address; -1: none. */
static long place(uint64_t address) {
  long low = 0, high = (long)allocation_count;
  while (low < high) {
    long middle = (low + high) / 2;
    if (allocations[middle].address <= address) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

static allocation *holder(uint64_t address, size_t bytes, int device) {
  static long hint;
  long at = hint;
  if (at >= (long)allocation_count || address < allocations[at].address ||
      address - allocations[at].address >= allocations[at].bytes) {
    at = place(address);
    if (at < 0) {
      return NULL;
    }
    hint = at;
  }
  allocation *found = &allocations[at];
  uint64_t inside = address - found->address;
  return found->device == device && inside <= found->bytes && bytes <= found->bytes - inside
             ? found
             : NULL;
}

int fake_owns(uint64_t address, size_t bytes) {
  return holder(address, bytes, running_device) != NULL;
}

static int allocate(uint64_t *address, size_t bytes, int owner) {
  if (bytes == 0) {
    return INVALID_VALUE;
  }
  if (fail_allocation_in > 0 && --fail_allocation_in == 0) {
    return OUT_OF_MEMORY;
  }
  if (owner >= 0 && bytes > devices[owner].limit - devices[owner].used) {
    return OUT_OF_MEMORY;
  }
  /* A page more on each side, so that host code that runs over the edge falls, too. */
  size_t page = 4096, pages = (bytes + page - 1) / page * page;
  char *memory = mmap(NULL, pages + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED || mprotect(memory + page, pages, PROT_READ | PROT_WRITE) != 0) {
    return OUT_OF_MEMORY;
  }
  memset(memory + page, 0xFF, bytes);
  if (allocation_count == allocation_room) {
    allocation_room = allocation_room == 0 ? 256 : 2 * allocation_room;
    allocations = realloc(allocations, allocation_room * sizeof *allocations);
  }
  *address = (uint64_t)(memory + page);
  long at = place(*address) + 1;
  memmove(&allocations[at + 1], &allocations[at],
          (allocation_count - (size_t)at) * sizeof *allocations);
  allocations[at] = (allocation){*address, bytes, owner};
  allocation_count++;
  if (owner >= 0) {
    devices[owner].used += bytes;
  }
  return OK;
}

static int release(uint64_t address, int owner) {
  long at = place(address);
  if (at < 0 || allocations[at].address != address || allocations[at].device != owner) {
    return INVALID_VALUE;
  }
  size_t page = 4096, bytes = allocations[at].bytes, pages = (bytes + page - 1) / page * page;
  munmap((char *)address - page, pages + 2 * page);
  if (owner >= 0) {
    devices[owner].used -= bytes;
  }
  allocation_count--;
  memmove(&allocations[at], &allocations[at + 1],
          (allocation_count - (size_t)at) * sizeof *allocations);
  return OK;
}

/* ---- Streams ----------------------------------------------------------------------------------- */

static void lose(int which, int code, const char *message) {
  if (devices[which].sticky == OK) {
    devices[which].sticky = code;
    snprintf(last_message, sizeof last_message, "%s", message);
  }
}

/* Of processes that share a token only the first loses a device: the one that removes the file. */
static int may_lose(void) {
  const char *token = getenv("FAKECUDA_LOSE_TOKEN");
  return token == NULL || *token == 0 || unlink(token) == 0;
}

static void run_kernel(stream *where, op *work) {
  device *here = &devices[where->device];
  here->launches++;
  if (here->lose_in > 0 && --here->lose_in == 0 && may_lose()) {
    lose(where->device, ILLEGAL_ADDRESS, "an illegal memory access was encountered");
    return;
  }
  char error[MESSAGE] = "";
  running_device = where->device;
  int failed = ptx_launch(work->function->code, work->grid, work->block, work->dynamic_shared,
                          work->params, error, sizeof error);
  running_device = -1;
  if (failed) {
    char message[2 * MESSAGE];
    snprintf(message, sizeof message, "kernel %s: %s", work->function->name, error);
    fprintf(stderr, "fake CUDA driver: %s\n", message);
    lose(where->device, ILLEGAL_ADDRESS, message);
  }
}

static void drain(stream *where, uint64_t moment);

static void run_op(stream *where, op *work) {
  int here = where->device;
  int host_side = work->kind == UPLOAD || work->kind == DOWNLOAD;
  switch (work->kind) {
    case LAUNCH:
      run_kernel(where, work);
      break;
    case UPLOAD:
    case DOWNLOAD:
    case COPY:
      if (holder(work->to, work->bytes, work->kind == DOWNLOAD ? -1 : here) == NULL ||
          holder(work->from, work->bytes, work->kind == UPLOAD ? -1 : here) == NULL) {
        lose(here, ILLEGAL_ADDRESS,
             host_side ? "a copy outside of live buffers of the host or the device"
                       : "a copy outside of live buffers");
        break;
      }
      memmove((void *)work->to, (void *)work->from, work->bytes);
      break;
    case FILL:
      if (holder(work->to, work->bytes, here) == NULL) {
        lose(here, ILLEGAL_ADDRESS, "a fill outside of live buffers");
        break;
      }
      for (size_t i = 0; i < work->bytes / 4; i++) {
        ((uint32_t *)work->to)[i] = work->word;
      }
      break;
    case RECORD:
      clock_gettime(CLOCK_MONOTONIC, &work->event->time);
      break;
    case WAIT:
      drain(work->other, work->other_moment);
      break;
  }
}

/* Does a stream's work up to a moment. */
static void drain(stream *where, uint64_t moment) {
  while (where->first != NULL && where->first->moment <= moment) {
    op *work = where->first;
    where->first = work->next;
    if (where->first == NULL) {
      where->last = NULL;
    }
    if (devices[where->device].sticky == OK) {
      run_op(where, work);
    }
    where->done = work->moment;
    free(work);
  }
}

static void drain_device(int which) {
  for (size_t i = 0; i < stream_count; i++) {
    if (streams[i]->device == which) {
      drain(streams[i], UINT64_MAX);
    }
  }
}

static op *put(stream *where, enum kind kind) {
  op *work = calloc(1, sizeof *work);
  work->kind = kind;
  work->moment = ++where->issued;
  if (where->last == NULL) {
    where->first = work;
  } else {
    where->last->next = work;
  }
  where->last = work;
  return work;
}

static int usable_stream(stream *where) {
  int result = usable();
  if (result != OK) {
    return result;
  }
  return where != NULL && where->open && where->device == current ? OK : INVALID_HANDLE;
}

/* ---- The driver's functions: the library, devices, contexts ------------------------------------ */

EXPORT int cuInit(unsigned flags) {
  enter();
  int wanted = (int)number("FAKECUDA_INIT_RESULT", OK);
  if (wanted != OK || flags != 0) {
    return leave(wanted != OK ? wanted : INVALID_VALUE);
  }
  if (!started) {
    started = 1;
    const char *list = getenv("CUDA_VISIBLE_DEVICES");
    if (list == NULL) {
      for (int i = 0; i < device_count; i++) {
        visible[visible_count++] = i;
      }
    }
    while (list != NULL && *list != 0 && visible_count < device_count) {
      char *end;
      long which = strtol(list, &end, 10);
      if (end == list || which < 0 || which >= device_count) {
        break;
      }
      visible[visible_count++] = (int)which;
      list = *end == ',' ? end + 1 : end;
    }
  }
  return leave(visible_count > 0 ? OK : NO_DEVICE);
}

EXPORT int cuDriverGetVersion(int *version) {
  *version = (int)number("FAKECUDA_VERSION", 12060);
  return OK;
}

EXPORT int cuGetErrorName(int error, const char **name) {
  (void)error;
  *name = "CUDA_ERROR_OF_THE_FAKE";
  return OK;
}

EXPORT int cuGetErrorString(int error, const char **text) {
  switch (error) {
    case OK: *text = "no error"; break;
    case INVALID_VALUE: *text = "invalid argument"; break;
    case OUT_OF_MEMORY: *text = "out of memory"; break;
    case INVALID_DEVICE: *text = "invalid device ordinal"; break;
    case INVALID_PTX: *text = "a PTX JIT compilation failed"; break;
    case INVALID_HANDLE: *text = "invalid resource handle"; break;
    case NOT_FOUND: *text = "named symbol not found"; break;
    case LAUNCH_OUT_OF_RESOURCES: *text = "too many resources requested for launch"; break;
    case ILLEGAL_ADDRESS: *text = last_message; break;
    default: *text = "an error of the fake driver";
  }
  return OK;
}

EXPORT int cuDeviceGetCount(int *count) {
  enter();
  *count = visible_count;
  return leave(started ? OK : NOT_INITIALIZED);
}

/* A CUdevice is the device's true number, as the ordinals are those of the visible ones. */
EXPORT int cuDeviceGet(int *which, int ordinal) {
  enter();
  if (!started) {
    return leave(NOT_INITIALIZED);
  }
  if (ordinal < 0 || ordinal >= visible_count) {
    return leave(INVALID_DEVICE);
  }
  *which = visible[ordinal];
  return leave(OK);
}

static int is_device(int which) {
  return started && which >= 0 && which < device_count;
}

EXPORT int cuDeviceGetName(char *name, int length, int which) {
  if (!is_device(which)) {
    return INVALID_DEVICE;
  }
  snprintf(name, (size_t)length, "Fake device %d", which);
  return OK;
}

EXPORT int cuDeviceGetUuid(unsigned char *uuid, int which) {
  if (!is_device(which)) {
    return INVALID_DEVICE;
  }
  for (int i = 0; i < 16; i++) {
    uuid[i] = (unsigned char)(16 * i + which);
  }
  return OK;
}

EXPORT int cuDeviceGetPCIBusId(char *text, int length, int which) {
  if (!is_device(which)) {
    return INVALID_DEVICE;
  }
  snprintf(text, (size_t)length, "0000:%02X:00.0", which);
  return OK;
}

EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int which) {
  if (!is_device(which)) {
    return INVALID_DEVICE;
  }
  *bytes = devices[which].limit;
  return OK;
}

EXPORT int cuDeviceGetAttribute(int *value, int attribute, int which) {
  if (!is_device(which)) {
    return INVALID_DEVICE;
  }
  switch (attribute) {
    case 1: *value = 1024; break;                         /* threads of a block */
    case 8: *value = (int)SHARED_WITHOUT_ASKING; break;
    case 10: *value = 32; break;                          /* threads of a warp */
    case 12: *value = 65536; break;                       /* registers of a block */
    case 13: *value = 1000000; break;                     /* kHz */
    case 16: *value = 4; break;                           /* multiprocessors */
    case 36: *value = 1500000; break;                     /* kHz of the memory */
    case 37: *value = 384; break;                         /* bits of its bus */
    case 38: *value = 4 << 20; break;                     /* bytes of level 2 */
    case 39: *value = 2048; break;                        /* threads of a multiprocessor */
    case 75: *value = 9; break;
    case 76: *value = 0; break;
    case 81: *value = 228 << 10; break;                   /* shared bytes of a multiprocessor */
    case 82: *value = 65536; break;                       /* its registers */
    case 97: *value = (int)SHARED_AT_MOST; break;
    default: return INVALID_VALUE;
  }
  return OK;
}

EXPORT int cuDevicePrimaryCtxSetFlags_v2(int which, unsigned flags) {
  (void)flags;
  return is_device(which) ? OK : INVALID_DEVICE;
}

EXPORT int cuDevicePrimaryCtxRetain(void **context, int which) {
  enter();
  if (!is_device(which)) {
    return leave(INVALID_DEVICE);
  }
  if (devices[which].sticky != OK) {
    return leave(devices[which].sticky);
  }
  devices[which].retained++;
  *context = &devices[which];
  return leave(OK);
}

EXPORT int cuDevicePrimaryCtxRelease_v2(int which) {
  enter();
  if (!is_device(which) || devices[which].retained == 0) {
    return leave(INVALID_CONTEXT);
  }
  if (--devices[which].retained == 0) {
    drain_device(which);
  }
  return leave(OK);
}

EXPORT int cuCtxSetCurrent(void *context) {
  enter();
  if (context == NULL) {
    current = -1;
    return leave(OK);
  }
  long which = (device *)context - devices;
  if (which < 0 || which >= device_count || devices[which].retained == 0) {
    return leave(INVALID_CONTEXT);
  }
  current = (int)which;
  return leave(OK);
}

/* ---- Memory ------------------------------------------------------------------------------------ */

EXPORT int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
  enter();
  int result = usable();
  if (result == OK) {
    *free_bytes = devices[current].limit - devices[current].used;
    *total = devices[current].limit;
  }
  return leave(result);
}

EXPORT int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
  enter();
  int result = usable();
  return leave(result != OK ? result : allocate(address, bytes, current));
}

EXPORT int cuMemFree_v2(uint64_t address) {
  enter();
  int result = usable();
  if (result != OK) {
    return leave(result);
  }
  drain_device(current);
  result = release(address, current);
  return leave(result);
}

EXPORT int cuMemHostAlloc(void **address, size_t bytes, unsigned flags) {
  (void)flags;
  enter();
  int result = usable();
  return leave(result != OK ? result : allocate((uint64_t *)address, bytes, -1));
}

EXPORT int cuMemFreeHost(void *address) {
  enter();
  int result = usable();
  if (result != OK) {
    return leave(result);
  }
  for (int i = 0; i < device_count; i++) {
    drain_device(i);
  }
  result = release((uint64_t)address, -1);
  return leave(result);
}

static int put_copy(enum kind kind, uint64_t to, uint64_t from, size_t bytes, stream *where) {
  enter();
  int result = usable_stream(where);
  if (result == OK) {
    int host_to = kind == DOWNLOAD ? -1 : current, host_from = kind == UPLOAD ? -1 : current;
    if (holder(to, bytes, host_to) == NULL || holder(from, bytes, host_from) == NULL) {
      result = INVALID_VALUE;
    } else {
      op *work = put(where, kind);
      work->to = to;
      work->from = from;
      work->bytes = bytes;
    }
  }
  return leave(result);
}

EXPORT int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, stream *where) {
  return put_copy(UPLOAD, to, (uint64_t)from, bytes, where);
}

EXPORT int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, stream *where) {
  return put_copy(DOWNLOAD, (uint64_t)to, from, bytes, where);
}

EXPORT int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, stream *where) {
  return put_copy(COPY, to, from, bytes, where);
}

EXPORT int cuMemsetD32Async(uint64_t to, unsigned word, size_t words, stream *where) {
  enter();
  int result = usable_stream(where);
  if (result == OK && (to % 4 != 0 || holder(to, 4 * words, current) == NULL)) {
    result = INVALID_VALUE;
  }
  if (result == OK) {
    op *work = put(where, FILL);
    work->to = to;
    work->word = word;
    work->bytes = 4 * words;
  }
  return leave(result);
}

/* ---- Streams and events ------------------------------------------------------------------------ */

EXPORT int cuStreamCreate(stream **made, unsigned flags) {
  (void)flags;
  enter();
  int result = usable();
  if (result == OK) {
    *made = calloc(1, sizeof **made);
    (*made)->device = current;
    (*made)->open = 1;
    if (stream_count == stream_room) {
      stream_room = stream_room == 0 ? 64 : 2 * stream_room;
      streams = realloc(streams, stream_room * sizeof *streams);
    }
    streams[stream_count++] = *made;
    live_streams++;
  }
  return leave(result);
}

/* The struct stays: events may still name it. But nothing has to ask it for work any more. */
EXPORT int cuStreamDestroy_v2(stream *where) {
  enter();
  int result = usable_stream(where);
  if (result == OK) {
    drain(where, UINT64_MAX);
    where->open = 0;
    size_t at = 0;
    while (streams[at] != where) {
      at++;
    }
    memmove(&streams[at], &streams[at + 1], (--stream_count - at) * sizeof *streams);
    live_streams--;
  }
  return leave(result);
}

EXPORT int cuStreamSynchronize(stream *where) {
  enter();
  int result = usable_stream(where);
  if (result == OK) {
    drain(where, UINT64_MAX);
    result = devices[current].sticky;
  }
  return leave(result);
}

EXPORT int cuStreamWaitEvent(stream *where, event *until, unsigned flags) {
  (void)flags;
  enter();
  int result = usable_stream(where);
  if (result == OK && until->where != NULL) {
    op *work = put(where, WAIT);
    work->other = until->where;
    work->other_moment = until->moment;
  }
  return leave(result);
}

EXPORT int cuEventCreate(event **made, unsigned flags) {
  (void)flags;
  enter();
  int result = usable();
  if (result == OK) {
    *made = calloc(1, sizeof **made);
    (*made)->device = current;
    live_events++;
  }
  return leave(result);
}

EXPORT int cuEventDestroy_v2(event *which) {
  enter();
  int result = usable();
  if (result == OK) {
    if (which->where != NULL) {
      /* The moment that the work in the stream would write to. */
      drain(which->where, which->moment);
    }
    free(which);
    live_events--;
  }
  return leave(result);
}

EXPORT int cuEventRecord(event *which, stream *where) {
  enter();
  int result = usable_stream(where);
  if (result == OK && which->device != current) {
    result = INVALID_HANDLE;
  }
  if (result == OK) {
    if (which->where != NULL) {
      drain(which->where, which->moment);
    }
    op *work = put(where, RECORD);
    work->event = which;
    which->where = where;
    which->moment = work->moment;
  }
  return leave(result);
}

EXPORT int cuEventQuery(event *which) {
  enter();
  int result = usable();
  if (result == OK && which->where != NULL && which->where->done < which->moment) {
    /* Who asks again and again gets somewhere: one piece of work at a time. */
    drain(which->where, which->where->done + 1);
    result = devices[current].sticky;
    if (result == OK && which->where->done < which->moment) {
      result = NOT_READY;
    }
  }
  return leave(result);
}

EXPORT int cuEventSynchronize(event *which) {
  enter();
  int result = usable();
  if (result == OK && which->where != NULL) {
    drain(which->where, which->moment);
    result = devices[current].sticky;
  }
  return leave(result);
}

EXPORT int cuEventElapsedTime(float *milliseconds, event *from, event *to) {
  enter();
  int result = usable();
  if (result == OK && (from->where == NULL || to->where == NULL)) {
    result = INVALID_HANDLE;
  }
  if (result == OK &&
      (from->where->done < from->moment || to->where->done < to->moment)) {
    result = NOT_READY;
  }
  if (result == OK) {
    *milliseconds = (float)((double)(to->time.tv_sec - from->time.tv_sec) * 1e3 +
                            (double)(to->time.tv_nsec - from->time.tv_nsec) * 1e-6);
  }
  return leave(result);
}

/* ---- Device code ------------------------------------------------------------------------------- */

EXPORT int cuModuleLoadDataEx(fake_module **made, const void *image, unsigned options, int *keys,
                              void **values) {
  enter();
  int result = usable();
  if (result != OK) {
    return leave(result);
  }
  char error[MESSAGE] = "";
  ptx_module *code = ptx_parse(image, error, sizeof error);
  if (code == NULL) {
    char *log = NULL;
    size_t room = 0;
    for (unsigned i = 0; i < options; i++) {
      if (keys[i] == 5) { /* CU_JIT_ERROR_LOG_BUFFER */
        log = values[i];
      } else if (keys[i] == 6) { /* its size */
        room = (size_t)(uintptr_t)values[i];
      }
    }
    if (log != NULL && room > 0) {
      snprintf(log, room, "%s", error);
    }
    return leave(INVALID_PTX);
  }
  *made = calloc(1, sizeof **made);
  (*made)->device = current;
  (*made)->code = code;
  live_modules++;
  return leave(OK);
}

EXPORT int cuModuleUnload(fake_module *module) {
  enter();
  int result = usable();
  if (result == OK) {
    drain_device(module->device);
    fake_function **at = &functions;
    while (*at != NULL) {
      fake_function *one = *at;
      if (one->module == module) {
        *at = one->next;
        free(one);
      } else {
        at = &one->next;
      }
    }
    ptx_free(module->code);
    free(module);
    live_modules--;
  }
  return leave(result);
}

EXPORT int cuModuleGetFunction(fake_function **made, fake_module *module, const char *name) {
  enter();
  int result = usable();
  if (result != OK) {
    return leave(result);
  }
  ptx_function *code = ptx_find(module->code, name);
  if (code == NULL) {
    return leave(NOT_FOUND);
  }
  fake_function *one = calloc(1, sizeof *one);
  one->module = module;
  one->code = code;
  snprintf(one->name, sizeof one->name, "%s", name);
  one->next = functions;
  functions = one;
  size_t declared = ptx_static_shared(code);
  one->dynamic_allowed =
      declared < SHARED_WITHOUT_ASKING ? SHARED_WITHOUT_ASKING - (unsigned)declared : 0;
  *made = one;
  return leave(OK);
}

EXPORT int cuFuncGetAttribute(int *value, int attribute, fake_function *function) {
  enter();
  int result = usable();
  if (result == OK) {
    switch (attribute) {
      case 0: *value = 1024; break;
      case 1: *value = (int)ptx_static_shared(function->code); break;
      case 3: *value = 0; break;  /* local bytes */
      case 4: *value = 32; break; /* registers */
      case 8: *value = (int)function->dynamic_allowed; break;
      default: result = INVALID_VALUE;
    }
  }
  return leave(result);
}

EXPORT int cuFuncSetAttribute(fake_function *function, int attribute, int value) {
  enter();
  int result = usable();
  if (result == OK) {
    size_t declared = ptx_static_shared(function->code);
    if (attribute != 8 || value < 0 || declared + (size_t)value > SHARED_AT_MOST) {
      result = INVALID_VALUE;
    } else {
      function->dynamic_allowed = (unsigned)value;
    }
  }
  return leave(result);
}

EXPORT int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, fake_function *function,
                                                       int threads, size_t dynamic_shared) {
  enter();
  int result = usable();
  if (result == OK && threads < 1) {
    result = INVALID_VALUE;
  }
  if (result == OK) {
    size_t shared = ptx_static_shared(function->code) + dynamic_shared + 1024;
    int by_threads = 2048 / threads, by_shared = (int)((228u << 10) / shared);
    *blocks = by_threads < by_shared ? by_threads : by_shared;
  }
  return leave(result);
}

EXPORT int cuLaunchKernel(fake_function *function, unsigned grid_x, unsigned grid_y,
                          unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z,
                          unsigned dynamic_shared, stream *where, void **params, void **extra) {
  enter();
  int result = usable_stream(where);
  if (result != OK) {
    return leave(result);
  }
  unsigned long threads = (unsigned long)block_x * block_y * block_z;
  int count = ptx_param_count(function->code);
  if (extra != NULL || grid_x == 0 || grid_y == 0 || grid_z == 0 || threads == 0 ||
      threads > 1024 || grid_x > 0x7FFFFFFF || grid_y > 65535 || grid_z > 65535 ||
      block_z > 64 || count > MAX_PARAMS || (count > 0 && params == NULL) ||
      function->module->device != current) {
    return leave(INVALID_VALUE);
  }
  if (dynamic_shared > function->dynamic_allowed) {
    return leave(INVALID_VALUE);
  }
  op *work = put(where, LAUNCH);
  work->function = function;
  unsigned grid[3] = {grid_x, grid_y, grid_z}, block[3] = {block_x, block_y, block_z};
  memcpy(work->grid, grid, sizeof grid);
  memcpy(work->block, block, sizeof block);
  work->dynamic_shared = dynamic_shared;
  for (int i = 0; i < count; i++) {
    memcpy(&work->values[i], params[i], ptx_param_size(function->code, i));
    work->params[i] = &work->values[i];
  }
  return leave(OK);
}

/* ---- For CUDA's runtime, which asks the driver for its functions by name ----------------------- */

EXPORT int cuGetProcAddress(const char *name, void **address, int version, uint64_t flags) {
  (void)version;
  (void)flags;
  if (strcmp(name, "cuDriverGetVersion") == 0) {
    *address = (void *)cuDriverGetVersion;
    return OK;
  }
  if (strcmp(name, "cuInit") == 0) {
    *address = (void *)cuInit;
    return OK;
  }
  *address = NULL;
  return NOT_FOUND;
}

/* ---- What tests ask and set; called by the JVM ------------------------------------------------- */

#define TEST(type, name, ...) \
  EXPORT type Java_org_velella_gpu_testkit_FakeCuda_##name(void *env, void *owner, ##__VA_ARGS__)

/* Before cuInit only. */
TEST(void, devices, int32_t count) {
  (void)env, (void)owner;
  enter();
  device_count = count < MAX_DEVICES ? count : MAX_DEVICES;
  leave(0);
}

TEST(void, memory, int32_t which, int64_t bytes) {
  (void)env, (void)owner;
  enter();
  devices[which].limit = (uint64_t)bytes;
  leave(0);
}

TEST(void, loseAtLaunch, int32_t which, int64_t count) {
  (void)env, (void)owner;
  enter();
  devices[which].lose_in = count;
  leave(0);
}

TEST(void, failAllocation, int64_t count) {
  (void)env, (void)owner;
  enter();
  fail_allocation_in = count;
  leave(0);
}

TEST(int64_t, failsIn) {
  (void)env, (void)owner;
  enter();
  int64_t result = fail_allocation_in;
  leave(0);
  return result;
}

TEST(int64_t, launches, int32_t which) {
  (void)env, (void)owner;
  enter();
  int64_t result = devices[which].launches;
  leave(0);
  return result;
}

TEST(int64_t, usedBytes, int32_t which) {
  (void)env, (void)owner;
  enter();
  int64_t result = (int64_t)devices[which].used;
  leave(0);
  return result;
}

/* Allocations of devices and the host, streams, events, modules. */
TEST(int64_t, live) {
  (void)env, (void)owner;
  enter();
  int64_t result = (int64_t)allocation_count + live_streams + live_events + live_modules;
  leave(0);
  return result;
}

/* Of devices that are not lost. */
TEST(int32_t, contexts) {
  (void)env, (void)owner;
  enter();
  int32_t result = 0;
  for (int i = 0; i < device_count; i++) {
    result += devices[i].retained > 0 && devices[i].sticky == OK;
  }
  leave(0);
  return result;
}
