/*
 * Loaded into a process before the C library: lets its writes and syncs of a store's files fail, and records them.
 * FAULTS_CONTROL names a file of integers that the test changes while the process runs; FAULTS_RECORD a file that gets
 * a record for every call that worked, in the order in which the calls took effect.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

enum { LOG = 1, DATA = 2, ACKS = 4, RESERVE = 8, INDEX = 16 };
enum { WRITE = 1, SYNC = 2, TRUNCATE = 3 };

struct control {
    int32_t sync_error;  /* errno that syncs fail with, 0: they work */
    int32_t sync_files;  /* of which files */
    int32_t write_error; /* errno that writes fail with when there is no room left */
    int32_t write_files; /* of which files; 0: they work */
    int32_t room;        /* bytes that can still be written */
    int32_t recording;
    int32_t disk;        /* only bytes that make a file longer take room, shortening one gives it back, and statvfs tells */
    int32_t failures;    /* how many writes fail before there is room again; 0: all */
    int32_t cut_error;   /* errno that truncations of these files fail with, 0: they work */
};

static struct control *control;
static int record_fd = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);

__attribute__((constructor)) static void start(void)
{
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    const char *path = getenv("FAULTS_CONTROL");
    int fd = path ? open(path, O_RDWR) : -1;
    if (fd >= 0) {
        void *at = mmap(0, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        control = at == MAP_FAILED ? 0 : at;
        close(fd);
    }
    path = getenv("FAULTS_RECORD");
    if (path)
        record_fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    unsetenv("LD_PRELOAD");
}

static int ends_with(const char *path, size_t length, const char *end)
{
    size_t n = strlen(end);
    return length >= n && memcmp(path + length - n, end, n) == 0;
}

static int kind(int fd)
{
    char link[40], path[4096];
    if (!control)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path);
    if (n < 0)
        return 0;
    return ends_with(path, n, "/store.db-wal") ? LOG
        : ends_with(path, n, "/store.db") ? DATA
        : ends_with(path, n, "/reserve") ? RESERVE
        : ends_with(path, n, "/store.db-shm") ? INDEX
        : ends_with(path, n, "/acks") ? ACKS : 0;
}

static void record(int operation, int file, off_t offset, const void *bytes, size_t length)
{
    if (record_fd < 0 || !control->recording || !(file & (LOG | DATA | ACKS)))
        return;
    struct { int32_t operation, file; int64_t offset, length; } head = {operation, file, offset, bytes ? length : 0};
    if (real_write(record_fd, &head, sizeof head) != sizeof head
        || (bytes && real_write(record_fd, bytes, length) != (ssize_t) length))
        abort();
}

static off_t size_of(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 ? status.st_size : 0;
}

static ssize_t put(int fd, int file, const void *bytes, size_t length, off_t offset)
{
    if (control->disk && (control->write_files & file)) {
        off_t longer = offset + (off_t) length - size_of(fd);
        if (longer > control->room) {
            errno = control->write_error;
            return -1;
        }
        control->room -= longer > 0 ? longer : 0;
    } else if (control->write_files & file) {
        if (control->room <= 0) {
            if (control->failures > 0 && --control->failures == 0)
                control->write_files = 0;
            errno = control->write_error;
            return -1;
        }
        if ((size_t) control->room < length)
            length = control->room;
        control->room -= length;
    }
    ssize_t done = real_pwrite(fd, bytes, length, offset);
    if (done > 0)
        record(WRITE, file, offset, bytes, done);
    return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset)
{
    int file = kind(fd);
    if (!file)
        return real_pwrite(fd, bytes, length, offset);
    pthread_mutex_lock(&lock);
    ssize_t done = put(fd, file, bytes, length, offset);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    return pwrite64(fd, bytes, length, offset);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    int file = kind(fd);
    if (!file)
        return real_write(fd, bytes, length);
    pthread_mutex_lock(&lock);
    off_t offset = lseek(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
    ssize_t done = put(fd, file, bytes, length, offset);
    if (done > 0)
        lseek(fd, offset + done, SEEK_SET);
    pthread_mutex_unlock(&lock);
    return done;
}

static int sync_file(int fd, int (*real)(int))
{
    int file = kind(fd);
    if (!file)
        return real(fd);
    pthread_mutex_lock(&lock);
    int result;
    if (control->sync_error && (control->sync_files & file)) {
        errno = control->sync_error;
        result = -1;
    } else {
        result = real(fd);
        if (result == 0)
            record(SYNC, file, 0, 0, 0);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int fd)
{
    return sync_file(fd, real_fsync);
}

int fdatasync(int fd)
{
    return sync_file(fd, real_fdatasync);
}

int ftruncate64(int fd, off_t length)
{
    int file = kind(fd);
    if (!file)
        return real_ftruncate(fd, length);
    pthread_mutex_lock(&lock);
    if (control->cut_error && (control->write_files & file)) {
        pthread_mutex_unlock(&lock);
        errno = control->cut_error;
        return -1;
    }
    off_t before = size_of(fd);
    int result = real_ftruncate(fd, length);
    if (result == 0 && control->disk && (control->write_files & file))
        control->room += before - length;
    if (result == 0)
        record(TRUNCATE, file, length, 0, 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int fd, off_t length)
{
    return ftruncate64(fd, length);
}

static int space(int result, struct statvfs *found)
{
    if (result == 0 && control && control->disk && control->write_files)
        found->f_bavail = (control->room > 0 ? control->room : 0) / found->f_frsize;
    return result;
}

int statvfs64(const char *path, struct statvfs64 *found)
{
    static int (*real)(const char *, struct statvfs64 *);
    if (!real)
        real = dlsym(RTLD_NEXT, "statvfs64");
    return space(real(path, found), (struct statvfs *) found);
}

int statvfs(const char *path, struct statvfs *found)
{
    static int (*real)(const char *, struct statvfs *);
    if (!real)
        real = dlsym(RTLD_NEXT, "statvfs");
    return space(real(path, found), found);
}
