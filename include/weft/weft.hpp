// Everything of weft that needs no third-party header: threads, queues, futures, the thread pool.
// Processes are a component of their own: <weft/process/process_pool_executor.hpp>.
#pragma once

#include <weft/base/cpu_count.hpp>
#include <weft/base/deadline.hpp>
#include <weft/base/error.hpp>
#include <weft/base/unique_function.hpp>
#include <weft/flow/backoff.hpp>
#include <weft/flow/retry.hpp>
#include <weft/flow/token_bucket.hpp>
#include <weft/future/as_completed.hpp>
#include <weft/future/coroutine.hpp>
#include <weft/future/error_hook.hpp>
#include <weft/future/executor.hpp>
#include <weft/future/executor_ref.hpp>
#include <weft/future/future.hpp>
#include <weft/future/map.hpp>
#include <weft/future/outcome.hpp>
#include <weft/future/task_group.hpp>
#include <weft/future/task_options.hpp>
#include <weft/future/then.hpp>
#include <weft/future/this_task.hpp>
#include <weft/future/wait.hpp>
#include <weft/future/when.hpp>
#include <weft/pool/thread_pool_executor.hpp>
#include <weft/queue/queue.hpp>
#include <weft/sync/condition.hpp>
#include <weft/sync/event.hpp>
#include <weft/sync/guarded.hpp>
#include <weft/sync/mutex.hpp>
#include <weft/sync/semaphore.hpp>
