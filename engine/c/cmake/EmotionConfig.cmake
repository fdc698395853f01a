# Defines Emotion::emotion and emotion_add_model(). Cargo builds both, so rustup has to be installed.
#
#   EMOTION_TARGET   Rust's name of the target, such as thumbv7em-none-eabihf; by default from CMAKE_SYSTEM_PROCESSOR and the
#                    compiler's flags, and that of this machine where nothing is cross-compiled
#   EMOTION_CPU      the core, such as cortex-m33 or cortex-m55: on Armv8-M the library has its kernels only if it is named
#   EMOTION_PROFILE  firmware (the default) for speed, compact for size
include_guard(GLOBAL)

get_filename_component(EMOTION_FOLDER "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(EMOTION_PROFILE firmware CACHE STRING "How the library is compiled: firmware for speed, compact for size")
set(EMOTION_CPU "" CACHE STRING "The core, such as cortex-m55")
set(EMOTION_TARGET "" CACHE STRING "Rust's name of the target")

# What the compiler's flags, or CMAKE_SYSTEM_PROCESSOR, say of the processor.
function(emotion_find_target result)
    string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR} ${CMAKE_C_FLAGS}" flags)
    if(NOT CMAKE_CROSSCOMPILING)
        execute_process(COMMAND rustc -vV OUTPUT_VARIABLE version COMMAND_ERROR_IS_FATAL ANY)
        string(REGEX MATCH "host: ([^\n]+)" _ "${version}")
        set(target "${CMAKE_MATCH_1}")
    elseif(flags MATCHES "cortex-m(0|0plus|1)([^0-9]|$)|armv6-?m")
        set(target thumbv6m-none-eabi)
    elseif(flags MATCHES "cortex-m3([^0-9]|$)|armv7-?m([^a-z]|$)")
        set(target thumbv7m-none-eabi)
    elseif(flags MATCHES "cortex-m(4|7)([^0-9]|$)|armv7e-?m")
        set(target thumbv7em-none-eabi)
    elseif(flags MATCHES "cortex-m(33|35p|52|55|85)|armv8(\\.1)?-m\\.main")
        set(target thumbv8m.main-none-eabi)
    elseif(flags MATCHES "riscv32|rv32imac")
        set(target riscv32imac-unknown-none-elf)
    else()
        message(FATAL_ERROR "Emotion: cannot tell the processor; set EMOTION_TARGET, for instance to thumbv7em-none-eabihf")
    endif()
    if(target MATCHES "^thumbv(7em|8m)" AND flags MATCHES "-mfloat-abi=hard")
        string(APPEND target hf)
    endif()
    set(${result} "${target}" PARENT_SCOPE)
endfunction()

if(NOT EMOTION_TARGET)
    emotion_find_target(EMOTION_FOUND_TARGET)
else()
    set(EMOTION_FOUND_TARGET "${EMOTION_TARGET}")
endif()
message(STATUS "Emotion: ${EMOTION_FOUND_TARGET}, ${EMOTION_PROFILE} ${EMOTION_CPU}")

set(EMOTION_LIBRARY_FOLDER "${EMOTION_FOUND_TARGET}")
if(EMOTION_CPU)
    string(APPEND EMOTION_LIBRARY_FOLDER "-${EMOTION_CPU}")
endif()
get_filename_component(EMOTION_LIBRARY
    "${EMOTION_FOLDER}/../../target/c/${EMOTION_PROFILE}/${EMOTION_LIBRARY_FOLDER}/libemotion.a" ABSOLUTE)

# Cargo knows what has changed.
add_custom_target(emotion_library
    COMMAND ${CMAKE_COMMAND} -E env EMOTION_PROFILE=${EMOTION_PROFILE} CPU=${EMOTION_CPU}
            "${EMOTION_FOLDER}/build" ${EMOTION_FOUND_TARGET}
    BYPRODUCTS "${EMOTION_LIBRARY}"
    VERBATIM)

add_library(Emotion::emotion STATIC IMPORTED GLOBAL)
add_dependencies(Emotion::emotion emotion_library)
set_target_properties(Emotion::emotion PROPERTIES
    IMPORTED_LOCATION "${EMOTION_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${EMOTION_FOLDER}/include")
if(NOT CMAKE_CROSSCOMPILING AND UNIX)
    set_target_properties(Emotion::emotion PROPERTIES INTERFACE_LINK_LIBRARIES "m;pthread;dl")
endif()

# Makes `model.h` of a blob, for the sources of a target.
function(emotion_add_model target blob)
    get_filename_component(blob "${blob}" ABSOLUTE)
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}-model")
    file(MAKE_DIRECTORY "${folder}")
    add_custom_command(OUTPUT "${folder}/model.h"
        COMMAND "${EMOTION_FOLDER}/model" "${blob}" "${folder}/model.h"
        DEPENDS "${blob}"
        VERBATIM)
    target_sources(${target} PRIVATE "${folder}/model.h")
    target_include_directories(${target} PRIVATE "${folder}")
endfunction()
