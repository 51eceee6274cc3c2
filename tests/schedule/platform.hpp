// What WEFT_SCHEDULED names: the atomic and the thread of weft, under the scheduler of the tests.
#pragma once

#include "schedule/atom.hpp"
#include "schedule/os_thread.hpp"
