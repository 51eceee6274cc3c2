# What installs: the public headers, the modules, and a package file with components (find_package(weft COMPONENTS ...)).
include(CMakePackageConfigHelpers)
get_property(weft_modules GLOBAL PROPERTY WEFT_MODULES)
list(TRANSFORM weft_modules REPLACE "^weft_" "" OUTPUT_VARIABLE weft_components)
list(JOIN weft_components " " weft_components)
string(APPEND weft_components " weft")
# process stands in an export of its own: it needs cereal, and who asks for the rest shall not.
list(REMOVE_ITEM weft_modules weft_process)
install(TARGETS ${weft_modules} weft_weft EXPORT weftTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS weft_process EXPORT weftProcessTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/weft DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT weftTargets NAMESPACE weft:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/weft)
install(EXPORT weftProcessTargets NAMESPACE weft:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/weft)
configure_package_config_file(cmake/weftConfig.cmake.in weftConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/weft)
write_basic_package_version_file(weftConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/weftConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/weftConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/weft)
install(FILES LICENSE THIRD_PARTY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
