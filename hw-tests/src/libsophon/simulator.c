/* Lies before the simulator's libbmrt as libbmrt.so; all that is not here is the vendor's.

   The wheel's libbmrt gives the first network of every runtime its activations from one memory that all runtimes share. When a later runtime needs
   more, that memory moves, and the earlier networks' instructions point to where it was: vae_decoder and unet, each in a runtime of its own,
   compute nonsense or end the process. libsophon 0.4.9 and 0.5.1 have no such memory. So each runtime first loads the same small network, which is
   then hidden: the memory never moves.

   The first launch while the file $TPU_ABORT_ONCE exists removes it and aborts. */
#define _GNU_SOURCE
#include "stub.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VENDORS(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void *bmrt_create(bm_handle_t handle);
bool bmrt_load_bmodel(void *runtime, const char *path);
int bmrt_get_network_number(void *runtime);
void bmrt_get_network_names(void *runtime, const char ***names);
bool bmrt_launch_tensor_ex(void *runtime, const char *name, const bm_tensor_t *inputs, int input_num, bm_tensor_t *outputs, int output_num,
                           bool user_mem, bool user_stmode);

void *bmrt_create(bm_handle_t handle) {
  void *runtime = VENDORS(bmrt_create)(handle);
  if (runtime != NULL && !VENDORS(bmrt_load_bmodel)(runtime, FIRST_BMODEL)) abort();
  return runtime;
}

int bmrt_get_network_number(void *runtime) { return VENDORS(bmrt_get_network_number)(runtime) - 1; }

void bmrt_get_network_names(void *runtime, const char ***names) {
  VENDORS(bmrt_get_network_names)(runtime, names);
  memmove(*names, *names + 1, sizeof **names * (size_t)bmrt_get_network_number(runtime));
}

bool bmrt_launch_tensor_ex(void *runtime, const char *name, const bm_tensor_t *inputs, int input_num, bm_tensor_t *outputs, int output_num,
                           bool user_mem, bool user_stmode) {
  const char *once = getenv("TPU_ABORT_ONCE");
  if (once != NULL && unlink(once) == 0) abort();
  return VENDORS(bmrt_launch_tensor_ex)(runtime, name, inputs, input_num, outputs, output_num, user_mem, user_stmode);
}
