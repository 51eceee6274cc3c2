// A program of somebody else that uses the installed package.
#include <weft/base/cpu_count.hpp>

int main() { return weft::cpu_count() > 0 ? 0 : 1; }
