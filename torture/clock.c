/* The clock of a program, so many seconds ahead as a file says: loaded before the C library. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static const volatile long *ahead;
static int (*its)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("TORTURE_CLOCK");
    int file = path ? open(path, O_RDONLY) : -1;
    void *found = file < 0 ? MAP_FAILED : mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
    its = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    ahead = found == MAP_FAILED ? 0 : found;
}

int clock_gettime(clockid_t which, struct timespec *at) {
    if (!its) begin();
    int failed = its(which, at);
    if (!failed && which == CLOCK_REALTIME && ahead) at->tv_sec += *ahead;
    return failed;
}
