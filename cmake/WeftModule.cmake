# How every target of the house is made: warnings, visibility, sanitizers, and the floors of DESIGN section 2.

add_library(weft_options INTERFACE)
target_compile_features(weft_options INTERFACE cxx_std_20)
target_compile_options(weft_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety -Wthread-safety-beta -Wno-missing-designated-field-initializers>
  # g++ 12 sees overlapping copies inside std::string where there are none (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-missing-field-initializers -Wno-restrict>
  $<$<BOOL:${WEFT_WERROR}>:-Werror>)
if(WEFT_SANITIZE)
  target_compile_options(weft_options INTERFACE -fsanitize=${WEFT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(weft_options INTERFACE -fsanitize=${WEFT_SANITIZE})
endif()

function(weft_set_up target)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:weft_options>)
  set_target_properties(${target} PROPERTIES
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON)
endfunction()

# weft_module(NAME SOURCES ... [DEPENDS weft modules below ...] [LIBS private libraries ...])
# A floor of the library: weft::NAME. DEPENDS are the arrows of the house; tests/floors checks that the
# #include lines follow them.
function(weft_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;LIBS" ${ARGN})
  add_library(weft_${name} ${arg_SOURCES})
  add_library(weft::${name} ALIAS weft_${name})
  weft_set_up(weft_${name})
  target_include_directories(weft_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_features(weft_${name} PUBLIC cxx_std_20)
  list(JOIN arg_DEPENDS " " below)
  set_property(GLOBAL APPEND PROPERTY WEFT_FLOORS "${name}: ${below}")
  list(TRANSFORM arg_DEPENDS PREPEND weft_)
  target_link_libraries(weft_${name} PUBLIC ${arg_DEPENDS} Threads::Threads PRIVATE ${arg_LIBS})
  set_target_properties(weft_${name} PROPERTIES EXPORT_NAME ${name} OUTPUT_NAME weft_${name} VERSION ${PROJECT_VERSION} SOVERSION 0)
  set_property(GLOBAL APPEND PROPERTY WEFT_MODULES weft_${name})
endfunction()

# weft_app(NAME SOURCES ... LIBS ...): a main-free application library on the public API (apps/NAME).
function(weft_app name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
  add_library(weft_app_${name} STATIC ${arg_SOURCES})
  weft_set_up(weft_app_${name})
  target_include_directories(weft_app_${name} PUBLIC ${PROJECT_SOURCE_DIR}/apps)
  target_link_libraries(weft_app_${name} PUBLIC ${arg_LIBS})
  set(apps ${arg_LIBS})
  list(FILTER apps INCLUDE REGEX "^weft_app_")
  list(TRANSFORM apps REPLACE "^weft_app_" "")
  list(JOIN apps " " below)
  set_property(GLOBAL APPEND PROPERTY WEFT_APP_FLOORS "${name}: ${below}")
endfunction()
