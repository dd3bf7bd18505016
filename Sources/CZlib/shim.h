// zlib as the system installs it: gzip streams and CRC-32.
#include <zlib.h>
