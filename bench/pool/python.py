"""Python's ThreadPoolExecutor on the workload of bench/pool: prints nanoseconds a task. usage: python.py TASKS WORKERS"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

tasks, workers = int(sys.argv[1]), int(sys.argv[2])


def trivial(x):
    return x + 1


with ThreadPoolExecutor(max_workers=workers) as pool:
    start = time.perf_counter()
    futures = [pool.submit(trivial, i) for i in range(tasks)]
    total = sum(f.result() for f in futures)
    took = time.perf_counter() - start
assert total == tasks * (tasks + 1) // 2
print(took * 1e9 / tasks)
