"""PyTorch's side of the throughput bench: the same training steps, timed on request.

Arguments: model, batch, layout. Says {"version"}, then answers each line {"steps"} with {"milliseconds", "peak"}: of
one step, and the most memory the process ever held, in MiB.
Start it with OMP_NUM_THREADS and OPENBLAS_NUM_THREADS set: torch.set_num_threads alone leaves BLAS its own pool.
"""
import json
import os
import resource
import sys
import time

import torch
from torch.nn import functional as F

from models import MODELS

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
torch.manual_seed(1)


def prepare(name, batch, layout):
    build, shape = MODELS[name]
    model = build().train()
    images = torch.randn(batch, *shape)
    if layout == "channels_last":
        model = model.to(memory_format=torch.channels_last)
        if images.dim() == 4:
            images = images.to(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (batch,))
    teacher = torch.randn(batch, 10)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    temperature, hard, soft = 4.0, 0.1, 0.9

    def step():
        optimizer.zero_grad(set_to_none=True)
        logits = model(images)
        kl = F.kl_div(
            F.log_softmax(logits / temperature, 1), F.softmax(teacher / temperature, 1), reduction="batchmean"
        )
        loss = hard * F.cross_entropy(logits, labels) + soft * temperature**2 * kl
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def peak():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


name, batch, layout = sys.argv[1], int(sys.argv[2]), sys.argv[3]
step = prepare(name, batch, layout)
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    steps = json.loads(line)["steps"]
    start = time.perf_counter()
    for _ in range(steps):
        step()
    print(
        json.dumps({"milliseconds": (time.perf_counter() - start) / steps * 1000, "peak": round(peak())}), flush=True
    )
