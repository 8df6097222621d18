# Optuna's cost of a trial that does nothing: a grid sampler on SQLite. Prints one line of JSON; fails without Optuna.
import json
import os
import sys
import tempfile
import time

import optuna

trials = int(sys.argv[1])
optuna.logging.set_verbosity(optuna.logging.ERROR)
with tempfile.TemporaryDirectory() as folder:
    storage = "sqlite:///" + os.path.join(folder, "optuna.db")
    sampler = optuna.samplers.GridSampler({"x": list(range(trials))})
    study = optuna.create_study(storage=storage, sampler=sampler)
    start = time.perf_counter()
    study.optimize(lambda trial: trial.suggest_int("x", 0, trials), n_trials=trials)
    seconds = time.perf_counter() - start
print(json.dumps({"version": optuna.__version__, "milliseconds": seconds / trials * 1000}))
