// Right with and without WEFT_WRONG: the harness must object.
int main() { return 0; }
