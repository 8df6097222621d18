"""PyTorch's side of the GPU bench: the training steps of the throughput bench, on CUDA.

Arguments: model, batch. Says {"version", "device"}, then answers each line {"steps"} with {"milliseconds"} of one step.
Losses are added up on the GPU and read after every 16 steps.
The layout is channels_last and the batch already lies on the GPU, which is PyTorch's best case; in float32.
"""
import json
import sys
import time

import torch
from torch.nn import functional as F

from models import MODELS

torch.manual_seed(1)
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.backends.cudnn.benchmark = True

name, batch = sys.argv[1], int(sys.argv[2])
build, shape = MODELS[name]
model = build().train().cuda()
images = torch.randn(batch, *shape).cuda()
if images.dim() == 4:
    model = model.to(memory_format=torch.channels_last)
    images = images.to(memory_format=torch.channels_last)
labels = torch.randint(0, 10, (batch,)).cuda()
teacher = torch.randn(batch, 10).cuda()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
temperature, hard, soft = 4.0, 0.1, 0.9


def step():
    optimizer.zero_grad(set_to_none=True)
    logits = model(images)
    kl = F.kl_div(F.log_softmax(logits / temperature, 1), F.softmax(teacher / temperature, 1), reduction="batchmean")
    loss = hard * F.cross_entropy(logits, labels) + soft * temperature**2 * kl
    loss.backward()
    optimizer.step()
    return loss.detach()


print(json.dumps({"version": torch.__version__, "device": torch.cuda.get_device_name()}), flush=True)
for line in sys.stdin:
    steps = json.loads(line)["steps"]
    start = time.perf_counter()
    total = torch.zeros((), device="cuda")
    for done in range(1, steps + 1):
        total += step()
        if done % 16 == 0 or done == steps:
            total.item()
    torch.cuda.synchronize()
    print(json.dumps({"milliseconds": (time.perf_counter() - start) / steps * 1000}), flush=True)
