/* Stands in for libbmlib where there is no TPU: three heaps with books, device memory in the process's own memory, and
   faults on demand. Compiled by tests and benchmarks. What the vendor's library answers by ending the process ends it here too.

   A test switches a fault on by a file in the folder $TPU_STUB_FAULTS:
     heaps        three sizes in bytes, npu vpp vpu; read when the device is opened
     others       bytes of the npu heap that other processes hold
     hung         the driver has given the TPU up: every call that would make it work fails, its status says so
     no-device    the device does not open
     allocation   N: the N-th allocation from now on fails, once
     launch       N abort|exit|stall|fail|hang: what the N-th launch from now on does, once
   and reads `opened`, to which each opening adds a line with the process's id. With $TPU_STUB_STRICT set the process ends with
   255 when a buffer is left at its end, as the vendor's simulator does. */
#define _GNU_SOURCE
#include "stub.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HEAPS = 3, PAGE = 4096 };

struct device {
  int index;
};

struct buffer {
  struct buffer *next;
  uint64_t address;
  size_t bytes;
  int heap;
};

/* as an AirBox's device tree has them */
static uint64_t heap_bytes[HEAPS] = {0x1DBF00000, 0xEE000000, 0xB7FF0000};
static uint64_t heap_used[HEAPS];
static struct buffer *buffers;
static int allocations_left = -1;

static const char *fault_path(const char *name, char *path, size_t size) {
  const char *folder = getenv("TPU_STUB_FAULTS");
  if (folder == NULL) return NULL;
  snprintf(path, size, "%s/%s", folder, name);
  return path;
}

bool stub_fault(const char *name, char *text, size_t size) {
  char path[4096];
  if (fault_path(name, path, sizeof path) == NULL) return false;
  FILE *file = fopen(path, "re");
  if (file == NULL) return false;
  size_t length = fread(text, 1, size - 1, file);
  text[length] = 0;
  fclose(file);
  return true;
}

void stub_fault_over(const char *name) {
  char path[4096];
  if (fault_path(name, path, sizeof path) != NULL) unlink(path);
}

bool stub_hung(void) {
  char text[16];
  return stub_fault("hung", text, sizeof text);
}

static void note_opening(void) {
  char path[4096], line[32];
  if (fault_path("opened", path, sizeof path) == NULL) return;
  int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return;
  int length = snprintf(line, sizeof line, "%d\n", getpid());
  if (write(file, line, length) != length) perror(path);
  close(file);
}

static void end(const char *why) {
  fprintf(stderr, "ASSERT libbmlib: %s\n", why);
  _exit(255);
}

__attribute__((destructor)) static void check_left(void) {
  if (getenv("TPU_STUB_STRICT") != NULL && buffers != NULL) end("a buffer is left in ~bm_mem_pool");
}

bm_status_t bm_dev_getcount(int *count) {
  *count = 1;
  return BM_SUCCESS;
}

bm_status_t bm_dev_request(bm_handle_t *handle, int index) {
  char text[256];
  if (index != 0) end("there is one device");
  note_opening();
  if (stub_fault("no-device", text, sizeof text)) return BM_ERR_FAILURE;
  if (stub_fault("heaps", text, sizeof text)) {
    unsigned long long npu, vpp, vpu;
    if (sscanf(text, "%llu %llu %llu", &npu, &vpp, &vpu) != HEAPS) end("heaps wants three sizes");
    heap_bytes[0] = npu, heap_bytes[1] = vpp, heap_bytes[2] = vpu;
  }
  *handle = calloc(1, sizeof **handle);
  (*handle)->index = index;
  return BM_SUCCESS;
}

void bm_dev_free(bm_handle_t handle) { free(handle); }

bm_status_t bm_get_chipid(bm_handle_t handle, unsigned *id) {
  (void)handle;
  *id = 0x1686;
  return BM_SUCCESS;
}

bm_status_t bm_get_misc_info(bm_handle_t handle, void *info) {
  (void)handle;
  memset(info, 0, 80);
  *(int *)info = 1; /* SOC mode */
  return BM_SUCCESS;
}

bm_status_t bm_get_driver_version(bm_handle_t handle, int *version) {
  (void)handle;
#ifdef LIBSOPHON_0_4
  *version = 0x000409;
#else
  *version = 0x000501;
#endif
  return BM_SUCCESS;
}

bm_status_t bm_get_status(bm_handle_t handle, int *status) {
  (void)handle;
  *status = stub_hung() ? 1 : 0;
  return BM_SUCCESS;
}

bm_status_t bm_get_stat(bm_handle_t handle, int *stat) {
  (void)handle;
  stat[2] = 0; /* % of use */
  return BM_SUCCESS;
}

bm_status_t bm_get_clk_tpu_freq(bm_handle_t handle, int *megahertz) {
  (void)handle;
  *megahertz = 950;
  return BM_SUCCESS;
}

bm_status_t bm_set_sync_timeout(bm_handle_t handle, int milliseconds) {
  (void)handle;
  return milliseconds < 0 ? BM_ERR_PARAM : BM_SUCCESS;
}

static uint64_t used(int heap) {
  char text[64];
  return heap_used[heap] + (heap == 0 && stub_fault("others", text, sizeof text) ? strtoull(text, NULL, 10) : 0);
}

bm_status_t bm_get_gmem_total_heap_num(bm_handle_t handle, unsigned *count) {
  (void)handle;
  *count = HEAPS;
  return BM_SUCCESS;
}

bm_status_t bm_get_gmem_heap_stat_byte_by_id(bm_handle_t handle, uint64_t *stat, unsigned heap) {
  (void)handle;
  if (heap >= HEAPS) return BM_ERR_PARAM;
  /* heap_id at 0 is not written in SOC mode */
  stat[1] = heap_bytes[heap];
  stat[2] = heap_bytes[heap] - used(heap);
  stat[3] = used(heap);
  stat[4] = 0;
  return BM_SUCCESS;
}

static bool refuses_allocation(void) {
  char text[16];
  if (allocations_left < 0 && stub_fault("allocation", text, sizeof text)) allocations_left = atoi(text);
  if (allocations_left < 0 || --allocations_left > 0) return false;
  allocations_left = -1;
  stub_fault_over("allocation");
  return true;
}

bm_status_t bm_malloc_device_byte_heap_mask(bm_handle_t handle, bm_device_mem_t *mem, int mask, unsigned size) {
  (void)handle;
  size_t bytes = ((size_t)size + PAGE - 1) / PAGE * PAGE;
  bool refuse = refuses_allocation();
  for (int heap = 0; heap < HEAPS && !refuse; heap++) {
    if ((mask & 1 << heap) == 0 || used(heap) + bytes > heap_bytes[heap]) continue;
    /* pages that are never touched cost nothing: weights have no content here */
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct buffer *buffer = malloc(sizeof *buffer);
    if (memory == MAP_FAILED || buffer == NULL) end("this machine has no memory left");
    *buffer = (struct buffer){buffers, (uint64_t)memory, bytes, heap};
    buffers = buffer;
    heap_used[heap] += bytes;
    mem->device_addr = buffer->address;
    mem->flags = (unsigned)heap << 3;
    mem->size = size;
    return BM_SUCCESS;
  }
  mem->device_addr = 0xFFFFFFFFF;
  mem->dmabuf_fd = -1;
  return BM_ERR_NOMEM;
}

void bm_free_device(bm_handle_t handle, bm_device_mem_t mem) {
  (void)handle;
  for (struct buffer **at = &buffers; *at != NULL; at = &(*at)->next) {
    struct buffer *buffer = *at;
    if (buffer->address != mem.device_addr) continue;
    *at = buffer->next;
    heap_used[buffer->heap] -= buffer->bytes;
    munmap((void *)buffer->address, buffer->bytes);
    free(buffer);
    return;
  }
  end("freed twice, or never allocated");
}

static char *within(bm_device_mem_t mem, uint64_t offset, uint64_t size) {
  if (offset > mem.size || size > mem.size - offset) end("beyond the memory");
  return (char *)mem.device_addr + offset;
}

bm_status_t bm_memcpy_s2d_partial_offset(bm_handle_t handle, bm_device_mem_t dst, void *src, unsigned size, unsigned offset) {
  (void)handle;
  if (stub_hung()) return BM_ERR_FAILURE;
  memcpy(within(dst, offset, size), src, size);
  return BM_SUCCESS;
}

bm_status_t bm_memcpy_d2s_partial_offset(bm_handle_t handle, void *dst, bm_device_mem_t src, unsigned size, unsigned offset) {
  (void)handle;
  if (stub_hung()) return BM_ERR_FAILURE;
  memcpy(dst, within(src, offset, size), size);
  return BM_SUCCESS;
}

bm_status_t bm_memcpy_d2d_byte(bm_handle_t handle, bm_device_mem_t dst, size_t dst_offset, bm_device_mem_t src, size_t src_offset,
                               size_t size) {
  (void)handle;
  if (stub_hung()) return BM_ERR_FAILURE;
  memcpy(within(dst, dst_offset, size), within(src, src_offset, size), size);
  return BM_SUCCESS;
}

bm_status_t bm_memset_device_ext(bm_handle_t handle, void *value, int mode, bm_device_mem_t mem) {
  (void)handle;
  if (stub_hung()) return BM_ERR_FAILURE;
  if (mode != 1) return BM_ERR_PARAM;
  memset((void *)mem.device_addr, *(unsigned char *)value, mem.size);
  return BM_SUCCESS;
}

bm_status_t bm_mem_mmap_device_mem(bm_handle_t handle, bm_device_mem_t *mem, uint64_t *address) {
  (void)handle;
  *address = mem->device_addr;
  return BM_SUCCESS;
}

bm_status_t bm_mem_unmap_device_mem(bm_handle_t handle, void *address, int size) {
  (void)handle, (void)address, (void)size;
  return BM_SUCCESS;
}

bm_status_t bm_mem_flush_partial_device_mem(bm_handle_t handle, bm_device_mem_t *mem, unsigned offset, unsigned size) {
  (void)handle;
  within(*mem, offset, size);
  return BM_SUCCESS;
}

bm_status_t bm_mem_invalidate_partial_device_mem(bm_handle_t handle, bm_device_mem_t *mem, unsigned offset, unsigned size) {
  (void)handle;
  within(*mem, offset, size);
  return BM_SUCCESS;
}

bm_status_t bm_thread_sync(bm_handle_t handle) {
  (void)handle;
  return stub_hung() ? BM_ERR_FAILURE : BM_SUCCESS;
}
