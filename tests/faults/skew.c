/* Another clock for one process: LD_PRELOAD, with WF_CLOCK_AHEAD_S seconds ahead and running WF_CLOCK_RATE times as fast.
   Only what tells the time of day is changed; waiting and durations (CLOCK_MONOTONIC) are not. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static double ahead, rate = 1.0, began;

__attribute__((constructor)) static void begin(void) {
    struct timespec now;
    if (getenv("WF_CLOCK_AHEAD_S")) ahead = atof(getenv("WF_CLOCK_AHEAD_S"));
    if (getenv("WF_CLOCK_RATE")) rate = atof(getenv("WF_CLOCK_RATE"));
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    began = now.tv_sec + now.tv_nsec / 1e9;
}

int clock_gettime(clockid_t which, struct timespec *out) {
    int answer = syscall(SYS_clock_gettime, which, out);
    if (answer == 0 && which == CLOCK_REALTIME) {
        double real = out->tv_sec + out->tv_nsec / 1e9, told = began + ahead + (real - began) * rate;
        out->tv_sec = (time_t)told;
        out->tv_nsec = (long)((told - (double)out->tv_sec) * 1e9);
    }
    return answer;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
