/* Stands in for libbmrt where there is no TPU: describes the networks of real bmodels, takes the device memory they ask for, and answers
   a launch by values that depend on all inputs. Weights behave as in libsophon 0.4.9 and 0.5.1: identical ones are held once, and all
   of them until the process's last runtime goes.

   With $TPU_STUB_IDLE set a launch computes nothing. Faults: see bmlib.c. */
#define _GNU_SOURCE
#include "stub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER = 64, MAX_BLOCKS = 4096, DIGEST = 32 };

struct runtime {
  bm_handle_t handle;
  char *description; /* the FlatBuffers part of the bmodel */
  int net_num;
  bm_net_info_t *nets;
  int block_num;
  bm_device_mem_t blocks[MAX_BLOCKS];
};

struct weights {
  struct weights *next;
  unsigned char digest[DIGEST];
  uint64_t bytes;
  bm_device_mem_t mem;
};

static struct weights *all_weights;
static int runtimes;
static long launches_left = -1;

/* FlatBuffers: a table is a position, a field that is absent is 0 */

static uint32_t u32(const char *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static uint64_t u64(const char *at) {
  uint64_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static const char *field(const char *table, int id) {
  const char *vtable = table - (int32_t)u32(table);
  uint16_t size, offset;
  memcpy(&size, vtable, sizeof size);
  if (4 + 2 * id >= size) return NULL;
  memcpy(&offset, vtable + 4 + 2 * id, sizeof offset);
  return offset == 0 ? NULL : table + offset;
}

static const char *follow(const char *at) { return at == NULL ? NULL : at + u32(at); }

static int count(const char *table, int id) {
  const char *vector = follow(field(table, id));
  return vector == NULL ? 0 : (int)u32(vector);
}

static const char *element(const char *table, int id, int index) { return follow(follow(field(table, id)) + 4 + 4 * index); }

static uint32_t number(const char *table, int id, uint32_t absent) {
  const char *at = field(table, id);
  return at == NULL ? absent : u32(at);
}

static uint64_t large(const char *table, int id) {
  const char *at = field(table, id);
  return at == NULL ? 0 : u64(at);
}

/* the size of a range of the binary part */
static uint64_t range(const char *table, int id) {
  const char *at = field(table, id);
  return at == NULL ? 0 : u64(at + 8);
}

static const char *text(const char *table, int id) { return follow(field(table, id)) + 4; }

static const int BYTES[] = {4, 2, 1, 1, 2, 2, 4, 4, 2, 1, 1};

static size_t elements(const bm_shape_t *shape) {
  size_t n = 1;
  for (int i = 0; i < shape->num_dims; i++) n *= shape->dims[i];
  return n;
}

static void *array(int n, size_t size) {
  void *memory = calloc(n, size);
  if (memory == NULL) abort();
  return memory;
}

static bool take(struct runtime *r, uint64_t bytes) {
  if (bytes == 0) return true;
  if (r->block_num == MAX_BLOCKS || bytes > UINT32_MAX) return false;
  if (bm_malloc_device_byte_heap_mask(r->handle, &r->blocks[r->block_num], 7, (unsigned)bytes) != BM_SUCCESS) return false;
  r->block_num++;
  return true;
}

static bool take_weights(struct runtime *r, const char *memory) {
  uint64_t bytes = memory == NULL ? 0 : range(memory, 2);
  if (bytes == 0) return true;
  unsigned char digest[DIGEST] = {0};
  int length = count(memory, 1);
  memcpy(digest, follow(field(memory, 1)) + 4, length < DIGEST ? length : DIGEST);
  for (struct weights *w = all_weights; w != NULL; w = w->next)
    if (w->bytes == bytes && memcmp(w->digest, digest, DIGEST) == 0) return true;
  struct weights *w = array(1, sizeof *w);
  if (bytes > UINT32_MAX || bm_malloc_device_byte_heap_mask(r->handle, &w->mem, 7, (unsigned)bytes) != BM_SUCCESS) {
    free(w);
    return false;
  }
  memcpy(w->digest, digest, DIGEST);
  w->bytes = bytes;
  w->next = all_weights;
  all_weights = w;
  return true;
}

static uint64_t commands(const char *table, int id) {
  uint64_t sum = 0;
  for (int i = 0; i < count(table, id); i++) sum += range(element(table, id, i), 2) + range(element(table, id, i), 3);
  return sum;
}

static uint64_t instructions(const char *parameter) {
  uint64_t sum = range(parameter, 11);
  int subnets = count(parameter, 12);
  if (subnets == 0) return sum + commands(parameter, 8);
  for (int i = 0; i < subnets; i++) {
    const char *subnet = element(parameter, 12, i);
    sum += commands(subnet, 1);
    for (int core = 0; core < count(subnet, 14); core++) sum += commands(element(subnet, 14, core), 0);
  }
  return sum;
}

static uint64_t activations(const char *parameter) {
  int groups = count(parameter, 14);
  if (groups == 0) return large(parameter, 3);
  uint64_t sum = 0;
  for (int i = 0; i < groups; i++) sum += u64(follow(field(parameter, 14)) + 4 + 8 * i);
  return sum;
}

static bm_shape_t *shapes(const char *parameter, int id) {
  int n = count(parameter, id);
  bm_shape_t *all = array(n, sizeof *all);
  for (int i = 0; i < n; i++) {
    const char *shape = element(element(parameter, id, i), 5, 0);
    all[i].num_dims = count(shape, 0);
    for (int axis = 0; axis < all[i].num_dims; axis++) all[i].dims[axis] = (int)u64(follow(field(shape, 0)) + 4 + 8 * axis);
  }
  return all;
}

/* one side of a network: its inputs (0) or outputs (1) */
static void describe(const char *net, int id, int *n, const char ***names, int **types, float **scales, int **zeros, size_t **most) {
  const char *first = element(net, 3, 0);
  *n = count(first, id);
  *names = array(*n, sizeof **names);
  *types = array(*n, sizeof **types);
  *scales = array(*n, sizeof **scales);
  *zeros = array(*n, sizeof **zeros);
  *most = array(*n, sizeof **most);
  for (int i = 0; i < *n; i++) {
    const char *tensor = element(first, id, i);
    const char *scale = field(tensor, 7);
    (*names)[i] = text(tensor, 0);
    (*types)[i] = (int)number(tensor, 1, 0);
    (*scales)[i] = 1;
    if (scale != NULL) memcpy(&(*scales)[i], scale, sizeof(float));
    (*zeros)[i] = (int)number(tensor, 10, 0);
    for (int stage = 0; stage < count(net, 3); stage++) {
      bm_shape_t *all = shapes(element(net, 3, stage), id);
      size_t bytes = elements(&all[i]) * BYTES[(*types)[i]];
      if (bytes > (*most)[i]) (*most)[i] = bytes;
      free(all);
    }
  }
}

static bool load(struct runtime *r, const char *header) {
  r->description = array(1, u32(header + 8));
  memcpy(r->description, header + HEADER, u32(header + 8));
  const char *model = follow(r->description);
  uint64_t room = 0;
  r->net_num = count(model, 4);
  r->nets = array(r->net_num, sizeof *r->nets);
  for (int i = 0; i < r->net_num; i++) {
    const char *net = element(model, 4, i);
    bm_net_info_t *info = &r->nets[i];
    info->name = text(net, 0);
    describe(net, 0, &info->input_num, &info->input_names, &info->input_dtypes, &info->input_scales, &info->input_zero_point,
             &info->max_input_bytes);
    describe(net, 1, &info->output_num, &info->output_names, &info->output_dtypes, &info->output_scales, &info->output_zero_point,
             &info->max_output_bytes);
    info->stage_num = count(net, 3);
    info->stages = array(info->stage_num, sizeof *info->stages);
    for (int stage = 0; stage < info->stage_num; stage++) {
      const char *parameter = element(net, 3, stage);
      info->is_dynamic |= number(parameter, 5, 0) != 0;
      info->stages[stage].input_shapes = shapes(parameter, 0);
      info->stages[stage].output_shapes = shapes(parameter, 1);
      if (activations(parameter) > room) room = activations(parameter);
      if (!take_weights(r, field(parameter, 4) == NULL ? NULL : follow(field(parameter, 4))) || !take(r, instructions(parameter)))
        return false;
    }
  }
  return take(r, room);
}

struct runtime *bmrt_create(bm_handle_t handle) {
  struct runtime *r = array(1, sizeof *r);
  r->handle = handle;
  runtimes++;
  return r;
}

void bmrt_destroy(struct runtime *r) {
  if (r == NULL) return;
  for (int i = 0; i < r->block_num; i++) bm_free_device(r->handle, r->blocks[i]);
  if (--runtimes == 0) {
    while (all_weights != NULL) {
      struct weights *w = all_weights;
      all_weights = w->next;
      bm_free_device(r->handle, w->mem);
      free(w);
    }
  }
  for (int i = 0; i < r->net_num; i++) {
    bm_net_info_t *info = &r->nets[i];
    for (int stage = 0; stage < info->stage_num && info->stages != NULL; stage++) {
      free(info->stages[stage].input_shapes);
      free(info->stages[stage].output_shapes);
    }
    free(info->stages);
    free(info->input_names), free(info->input_dtypes), free(info->input_scales), free(info->input_zero_point), free(info->max_input_bytes);
    free(info->output_names), free(info->output_dtypes), free(info->output_scales), free(info->output_zero_point);
    free(info->max_output_bytes);
  }
  free(r->nets);
  free(r->description);
  free(r);
}

bool bmrt_load_bmodel_data(struct runtime *r, const void *data, size_t size) {
  (void)size;
  return load(r, data);
}

bool bmrt_load_bmodel(struct runtime *r, const char *path) {
  char header[HEADER];
  FILE *file = fopen(path, "re");
  if (file == NULL) return false;
  bool done = fread(header, 1, HEADER, file) == HEADER;
  size_t size = HEADER + (done ? u32(header + 8) : 0);
  char *start = array(1, size);
  rewind(file);
  done = done && fread(start, 1, size, file) == size && load(r, start);
  free(start);
  fclose(file);
  if (!done) fprintf(stderr, "[BMRT][load_bmodel] FATAL:%s does not load\n", path);
  return done;
}

void bmrt_get_network_names(struct runtime *r, const char ***names) {
  *names = array(r->net_num, sizeof **names);
  for (int i = 0; i < r->net_num; i++) (*names)[i] = r->nets[i].name;
}

int bmrt_get_network_number(struct runtime *r) { return r->net_num; }

const bm_net_info_t *bmrt_get_network_info(struct runtime *r, const char *name) {
  for (int i = 0; i < r->net_num; i++)
    if (strcmp(r->nets[i].name, name) == 0) return &r->nets[i];
  return NULL;
}

static void hang(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s/hung", getenv("TPU_STUB_FAULTS"));
  FILE *file = fopen(path, "we");
  if (file != NULL) fclose(file);
}

/* what a test wants of this launch; true when it is to fail */
static bool fault(void) {
  char wanted[64], what[16] = "";
  long count = 0;
  if (stub_hung()) return true;
  if (!stub_fault("launch", wanted, sizeof wanted) || sscanf(wanted, "%ld %15s", &count, what) != 2) return false;
  if (launches_left < 0) launches_left = count;
  if (--launches_left > 0) return false;
  launches_left = -1;
  stub_fault_over("launch");
  fprintf(stderr, "[BMRT][launch] FATAL:a test lets this launch %s\n", what);
  if (strcmp(what, "abort") == 0) abort();
  if (strcmp(what, "exit") == 0) exit(255);
  while (strcmp(what, "stall") == 0) pause();
  if (strcmp(what, "hang") == 0) hang();
  return true;
}

static uint64_t mix(uint64_t state, const void *bytes, size_t size) {
  const unsigned char *at = bytes;
  for (size_t i = 0; i < size; i++) state = (state ^ at[i]) * 0x100000001B3;
  return state;
}

/* numbers of the type between -1 and 1, integers from 0 to 127 */
static void fill(bm_tensor_t *tensor, uint64_t state) {
  void *memory = (void *)tensor->device_mem.device_addr;
  size_t n = elements(&tensor->shape);
  for (size_t i = 0; i < n; i++) {
    state = state * 6364136223846793005 + 1442695040888963407;
    uint32_t random = (uint32_t)(state >> 40);
    float value = (float)random / (1 << 23) - 1;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    switch (tensor->dtype) {
      case 0: ((float *)memory)[i] = value; break;
      case 1: ((uint16_t *)memory)[i] = (uint16_t)((random & 1) << 15 | (random >> 1) % 0x3C00); break;
      case 8: ((uint16_t *)memory)[i] = (uint16_t)(bits >> 16); break;
      case 4: case 5: ((uint16_t *)memory)[i] = random & 127; break;
      case 6: case 7: ((uint32_t *)memory)[i] = random & 127; break;
      default: ((uint8_t *)memory)[i] = random & 127; break;
    }
  }
}

static bool fits(const bm_tensor_t *inputs, int n, const bm_shape_t *stage, bool dynamic) {
  for (int i = 0; i < n; i++) {
    if (inputs[i].shape.num_dims != stage[i].num_dims) return false;
    for (int axis = 0; axis < stage[i].num_dims; axis++) {
      int given = inputs[i].shape.dims[axis], most = stage[i].dims[axis];
      if (dynamic ? given > most : given != most) return false;
    }
  }
  return true;
}

bool bmrt_launch_tensor_ex(struct runtime *r, const char *name, const bm_tensor_t *inputs, int input_num, bm_tensor_t *outputs,
                           int output_num, bool user_mem, bool user_stmode) {
  (void)user_stmode;
  static int idle = -1;
  if (idle < 0) idle = getenv("TPU_STUB_IDLE") != NULL;
  if (fault()) return false;
  const bm_net_info_t *net = bmrt_get_network_info(r, name);
  if (net == NULL || input_num != net->input_num || output_num != net->output_num || !user_mem) return false;
  for (int stage = 0; stage < net->stage_num; stage++) {
    if (!fits(inputs, input_num, net->stages[stage].input_shapes, net->is_dynamic)) continue;
    uint64_t state = mix(0xCBF29CE484222325, name, strlen(name));
    for (int i = 0; i < input_num && !idle; i++)
      state = mix(state, (void *)inputs[i].device_mem.device_addr, elements(&inputs[i].shape) * BYTES[inputs[i].dtype]);
    for (int i = 0; i < output_num; i++) {
      outputs[i].dtype = net->output_dtypes[i];
      outputs[i].shape = net->stages[stage].output_shapes[i];
      if (!idle) fill(&outputs[i], state + i);
    }
    return true;
  }
  fprintf(stderr, "[BMRT][launch] WRONG:no stage of %s has these shapes\n", name);
  return false;
}

#ifndef LIBSOPHON_0_4
/* its presence tells the release; nothing calls it */
bool bmrt_tensor_ex(void) { return false; }
#endif
