/* Lies before the vendor's libbmrt as libbmrt.so: the first launch while the file $TPU_ABORT_ONCE exists removes it and aborts; everything else
   is the vendor's. */
#define _GNU_SOURCE
#include "stub.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef bool launch(void *runtime, const char *name, const bm_tensor_t *inputs, int input_num, bm_tensor_t *outputs, int output_num,
                    bool user_mem, bool user_stmode);

launch bmrt_launch_tensor_ex;

bool bmrt_launch_tensor_ex(void *runtime, const char *name, const bm_tensor_t *inputs, int input_num, bm_tensor_t *outputs,
                           int output_num, bool user_mem, bool user_stmode) {
  const char *once = getenv("TPU_ABORT_ONCE");
  if (once != NULL && unlink(once) == 0) abort();
  launch *vendors = (launch *)dlsym(RTLD_NEXT, "bmrt_launch_tensor_ex");
  return vendors(runtime, name, inputs, input_num, outputs, output_num, user_mem, user_stmode);
}
