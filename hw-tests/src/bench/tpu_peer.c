/* The calls that the bindings make, from C: the peer of TpuCalls in hw-tests. Linked to the libraries that it measures; told as TpuCalls
   what to do by lines on standard input, answers on descriptor 3, for the vendor's libraries print on standard output.

   Argument: the bmodel. */
#define _GNU_SOURCE
#include "stub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bm_status_t bm_dev_request(bm_handle_t *handle, int index);
void bm_dev_free(bm_handle_t handle);
bm_status_t bm_memcpy_s2d_partial_offset(bm_handle_t handle, bm_device_mem_t dst, void *src, unsigned size, unsigned offset);
bm_status_t bm_memcpy_d2s_partial_offset(bm_handle_t handle, void *dst, bm_device_mem_t src, unsigned size, unsigned offset);
bm_status_t bm_mem_mmap_device_mem(bm_handle_t handle, bm_device_mem_t *mem, uint64_t *address);
bm_status_t bm_mem_unmap_device_mem(bm_handle_t handle, void *address, int size);
bm_status_t bm_mem_flush_partial_device_mem(bm_handle_t handle, bm_device_mem_t *mem, unsigned offset, unsigned size);
bm_status_t bm_mem_invalidate_partial_device_mem(bm_handle_t handle, bm_device_mem_t *mem, unsigned offset, unsigned size);
bm_status_t bm_thread_sync(bm_handle_t handle);
void *bmrt_create(bm_handle_t handle);
void bmrt_destroy(void *runtime);
bool bmrt_load_bmodel(void *runtime, const char *path);
void bmrt_get_network_names(void *runtime, const char ***names);
const bm_net_info_t *bmrt_get_network_info(void *runtime, const char *name);
bool bmrt_launch_tensor_ex(void *runtime, const char *name, const bm_tensor_t *inputs, int input_num, bm_tensor_t *outputs, int output_num,
                           bool user_mem, bool user_stmode);

static bm_handle_t device;

static void check(bool done, const char *what) {
  if (done) return;
  fprintf(stderr, "tpu_peer: %s failed\n", what);
  exit(1);
}

static long nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000L + now.tv_nsec;
}

static bm_device_mem_t allocate(unsigned bytes) {
  bm_device_mem_t mem = {0};
  check(bm_malloc_device_byte_heap_mask(device, &mem, 7, bytes) == BM_SUCCESS, "bm_malloc_device_byte_heap_mask");
  return mem;
}

static void *host(size_t bytes) {
  void *memory = malloc(bytes);
  check(memory != NULL, "malloc");
  return memset(memory, 1, bytes);
}

static size_t elements(const bm_shape_t *shape) {
  size_t n = 1;
  for (int i = 0; i < shape->num_dims; i++) n *= shape->dims[i];
  return n;
}

struct side {
  int n;
  bm_tensor_t tensors[16];
  void *hosts[16];
  unsigned bytes[16];
};

static struct side side(int n, const int *types, const bm_shape_t *shapes) {
  static const int bytes[] = {4, 2, 1, 1, 2, 2, 4, 4, 2, 1, 1};
  struct side s = {.n = n};
  for (int i = 0; i < n; i++) {
    s.bytes[i] = (unsigned)elements(&shapes[i]) * bytes[types[i]];
    s.tensors[i] = (bm_tensor_t){types[i], shapes[i], allocate(s.bytes[i]), 0};
    s.hosts[i] = host(s.bytes[i]);
  }
  return s;
}

static void release(struct side *s) {
  for (int i = 0; i < s->n; i++) {
    bm_free_device(device, s->tensors[i].device_mem);
    free(s->hosts[i]);
  }
}

/* what a denoising step does: all inputs but the last go to the device, launch, wait, the output comes back */
static long calls(void *runtime, const char *name, struct side *in, struct side *out, int n) {
  bm_tensor_t fresh[16];
  long start = nanos();
  for (int k = 0; k < n; k++) {
    for (int i = 0; i < in->n - 1; i++)
      check(bm_memcpy_s2d_partial_offset(device, in->tensors[i].device_mem, in->hosts[i], in->bytes[i], 0) == 0, "s2d");
    memcpy(fresh, out->tensors, sizeof fresh[0] * out->n);
    check(bmrt_launch_tensor_ex(runtime, name, in->tensors, in->n, fresh, out->n, true, true), "bmrt_launch_tensor_ex");
    check(bm_thread_sync(device) == 0, "bm_thread_sync");
    check(bm_memcpy_d2s_partial_offset(device, out->hosts[0], out->tensors[0].device_mem, out->bytes[0], 0) == 0, "d2s");
  }
  return nanos() - start;
}

static void copies(unsigned bytes, int n, bool mapped, long *there, long *back) {
  bm_device_mem_t mem = allocate(bytes);
  char *memory = host(bytes);
  uint64_t address = 0;
  if (mapped) check(bm_mem_mmap_device_mem(device, &mem, &address) == 0, "bm_mem_mmap_device_mem");
  long start = nanos();
  for (int i = 0; i < n; i++) {
    if (mapped) {
      memcpy((void *)address, memory, bytes);
      check(bm_mem_flush_partial_device_mem(device, &mem, 0, bytes) == 0, "flush");
    } else {
      check(bm_memcpy_s2d_partial_offset(device, mem, memory, bytes, 0) == 0, "s2d");
    }
  }
  *there = nanos() - start;
  start = nanos();
  for (int i = 0; i < n; i++) {
    if (mapped) {
      check(bm_mem_invalidate_partial_device_mem(device, &mem, 0, bytes) == 0, "invalidate");
      memcpy(memory, (void *)address, bytes);
    } else {
      check(bm_memcpy_d2s_partial_offset(device, memory, mem, bytes, 0) == 0, "d2s");
    }
  }
  *back = nanos() - start;
  if (mapped) check(bm_mem_unmap_device_mem(device, (void *)address, (int)bytes) == 0, "unmap");
  bm_free_device(device, mem);
  free(memory);
}

int main(int count, char **arguments) {
  check(count == 2, "usage: tpu_peer BMODEL;");
  FILE *answers = fdopen(3, "w");
  check(answers != NULL, "descriptor 3");
  check(bm_dev_request(&device, 0) == BM_SUCCESS, "bm_dev_request");
  void *runtime = bmrt_create(device);
  check(bmrt_load_bmodel(runtime, arguments[1]), "bmrt_load_bmodel");
  const char **names;
  bmrt_get_network_names(runtime, &names);
  const bm_net_info_t *net = bmrt_get_network_info(runtime, names[0]);
  struct side in = side(net->input_num, net->input_dtypes, net->stages[0].input_shapes);
  struct side out = side(net->output_num, net->output_dtypes, net->stages[0].output_shapes);
  fprintf(answers, "ready\n");
  fflush(answers);
  char line[128], what[16];
  unsigned bytes;
  int n;
  long there, back;
  while (fgets(line, sizeof line, stdin) != NULL) {
    check(sscanf(line, "%15s %u %d", what, &bytes, &n) == 3, line);
    if (strcmp(what, "calls") == 0) {
      fprintf(answers, "%ld 0\n", calls(runtime, names[0], &in, &out, n));
    } else {
      copies(bytes, n, strcmp(what, "mapped") == 0, &there, &back);
      fprintf(answers, "%ld %ld\n", there, back);
    }
    fflush(answers);
  }
  release(&in);
  release(&out);
  free(names);
  bmrt_destroy(runtime);
  bm_dev_free(device);
  return 0;
}
