# Installs the build tree into a scratch prefix, configures the consumer against nothing but that prefix, builds it
# and runs it. A component that does not exist must be refused by name, and process where there is no cereal; the rest
# needs none.
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
set(configure ${CMAKE_COMMAND} -G Ninja -DCMAKE_PREFIX_PATH=${SCRATCH}/moved -DCMAKE_CXX_COMPILER=${COMPILER})
run(${configure} -S ${HERE}/consumer -B ${SCRATCH}/build)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer)

function(refuses what text)
  execute_process(COMMAND ${configure} -S ${HERE}/components -B ${SCRATCH}/refused ${ARGN}
                  RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(result EQUAL 0 OR NOT said MATCHES "${text}")
    message(FATAL_ERROR "${what} was not refused by name:\n${said}")
  endif()
  file(REMOVE_RECURSE ${SCRATCH}/refused)
endfunction()
set(no_cereal -DCMAKE_DISABLE_FIND_PACKAGE_cereal=ON)
refuses("a component that does not exist" nosuch -DCOMPONENTS=nosuch)
refuses("component process without cereal" cereal -DCOMPONENTS=process ${no_cereal})
run(${configure} -S ${HERE}/components -B ${SCRATCH}/without_cereal -DCOMPONENTS=weft ${no_cereal})
file(REMOVE_RECURSE ${SCRATCH})
