/* The C interface of libbmlib and libbmrt as far as it is stood in for here: bmlib_runtime.h, bmdef.h and
   bmruntime_interface.h of libsophon 0.5.1, or with -DLIBSOPHON_0_4 of 0.4.9. */
#ifndef STUB_H
#define STUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct device *bm_handle_t;
typedef int bm_status_t;

enum { BM_SUCCESS = 0, BM_ERR_FAILURE = 2, BM_ERR_PARAM = 4, BM_ERR_NOMEM = 5 };

typedef struct {
  uint64_t device_addr;
  unsigned reserved;
  int dmabuf_fd;
  unsigned flags; /* bits 0 to 2 the type, 3 to 5 the heap */
  unsigned size;
} bm_device_mem_t;

typedef struct {
  int num_dims;
  int dims[8];
} bm_shape_t;

typedef struct {
  int dtype;
  bm_shape_t shape;
  bm_device_mem_t device_mem;
  int st_mode;
} bm_tensor_t;

typedef struct {
  bm_shape_t *input_shapes;
  bm_shape_t *output_shapes;
#ifndef LIBSOPHON_0_4
  bm_device_mem_t *input_mems;
  bm_device_mem_t *output_mems;
#endif
} bm_stage_info_t;

typedef struct {
  const char *name;
  bool is_dynamic;
  int input_num;
  const char **input_names;
  int *input_dtypes;
  float *input_scales;
  int output_num;
  const char **output_names;
  int *output_dtypes;
  float *output_scales;
  int stage_num;
  bm_stage_info_t *stages;
  size_t *max_input_bytes;
  size_t *max_output_bytes;
  int *input_zero_point;
  int *output_zero_point;
#ifndef LIBSOPHON_0_4
  int *input_loc_devices;
  int *output_loc_devices;
  int core_num;
  int addr_mode;
#endif
} bm_net_info_t;

bm_status_t bm_malloc_device_byte_heap_mask(bm_handle_t handle, bm_device_mem_t *mem, int mask, unsigned size);
void bm_free_device(bm_handle_t handle, bm_device_mem_t mem);

/* Whether a test switched a fault on by a file of this name in $TPU_STUB_FAULTS; its text goes to `text`. */
bool stub_fault(const char *name, char *text, size_t size);
/* Switches such a fault off. */
void stub_fault_over(const char *name);
/* Whether the TPU is hung. */
bool stub_hung(void);

#endif
