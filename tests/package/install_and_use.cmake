# Installs the build tree into a scratch prefix, configures the consumer against nothing but that prefix, builds it
# and runs it; a component that does not exist must be refused by name.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN} failed (${result}):\n${text}")
  endif()
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/prefix)
# Moved before it is used: nothing in the package may remember where it was made.
file(RENAME ${SCRATCH}/prefix ${SCRATCH}/moved)
set(configure ${CMAKE_COMMAND} -S ${CONSUMER} -G Ninja -DCMAKE_PREFIX_PATH=${SCRATCH}/moved -DCMAKE_CXX_COMPILER=${COMPILER})
run(${configure} -B ${SCRATCH}/build)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer)

execute_process(COMMAND ${configure} -B ${SCRATCH}/refused -DCOMPONENT=nosuch
                RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
if(result EQUAL 0 OR NOT text MATCHES "nosuch")
  message(FATAL_ERROR "a component that does not exist was not refused by name:\n${text}")
endif()
file(REMOVE_RECURSE ${SCRATCH})
