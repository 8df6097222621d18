"""PyTorch's side of the throughput bench: the same training steps, timed on request.

Reads one JSON object a line, {"model", "layout", "batch", "steps"}, and answers {"milliseconds"} for one step.
Start it with OMP_NUM_THREADS and OPENBLAS_NUM_THREADS set: torch.set_num_threads alone leaves BLAS its own pool.
"""
import json
import os
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
torch.manual_seed(1)


def mlp():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 800), nn.ReLU(), nn.Linear(800, 800), nn.ReLU(), nn.Linear(800, 10)
    )


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(7 * 7 * 64, 128), nn.ReLU(), nn.Linear(128, 10),
    )


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.a = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.na = nn.BatchNorm2d(outputs)
        self.b = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.nb = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.na(self.a(x)))
        return F.relu(self.nb(self.b(y)) + self.shortcut(x))


def resnet8():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
        Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )


def prepare(name, layout, batch):
    model = {"mlp": mlp, "cnn": cnn, "resnet-8": resnet8}[name]().train()
    images = torch.randn(batch, 1, 28, 28)
    if layout == "channels_last":
        model = model.to(memory_format=torch.channels_last)
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


steps = {}
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    ask = json.loads(line)
    key = (ask["model"], ask["layout"], ask["batch"])
    if key not in steps:
        steps[key] = prepare(*key)
        steps[key]()
    start = time.perf_counter()
    for _ in range(ask["steps"]):
        steps[key]()
    print(json.dumps({"milliseconds": (time.perf_counter() - start) / ask["steps"] * 1000}), flush=True)
