// How several processes share a GPU. libtensorflow has no variable of the environment for the share of a GPU's memory
// that a process may take, and tfjs-node does not set it; so the addon is compiled with this header, which wraps the
// one function by which it asks for its options.

/** The variable, a number above 0 and up to 1; without it a process may take all. */
export const gpuShareVariable = 'RETORT_GPU_MEMORY_SHARE'

/**
 * ConfigProto { gpu_options (6): GPUOptions { per_process_gpu_memory_fraction (1): double, allow_growth (4): true } },
 * of tensorflow/core/protobuf/config.proto.
 */
export const gpuShareHeader = `#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"

static inline TFE_ContextOptions* SharedContextOptions() {
  TFE_ContextOptions* options = TFE_NewContextOptions();
  const char* text = getenv("${gpuShareVariable}");
  double share = text == nullptr ? 0 : atof(text);
  if (share <= 0 || share > 1) return options;
  unsigned char config[13] = {0x32, 11, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 1};
  memcpy(config + 3, &share, sizeof share);
  TF_Status* status = TF_NewStatus();
  TFE_ContextOptionsSetConfig(options, config, sizeof config, status);
  if (TF_GetCode(status) != TF_OK) fprintf(stderr, "${gpuShareVariable}=%s: %s\\n", text, TF_Message(status));
  TF_DeleteStatus(status);
  return options;
}
#define TFE_NewContextOptions SharedContextOptions
`
