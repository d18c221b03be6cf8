// Stands between a program and its disk (LD_PRELOAD): writes down every change that the program makes below one folder, and
// at a chosen one kills it, tears the write in half, or answers with an error. Compiled by the tests of the faults.
//
//   FAULT_FOLDER  the folder, absolute; what lies elsewhere is let through
//   FAULT_TRACE   where the changes are appended to; none: they are only counted
//   FAULT_AT      at which change something happens, from 1
//   FAULT_HOW     kill (before it), tear (half a write, then killed), eio, enospc; sync: EIO, and syncs alone are counted
//   FAULT_FOR     how many changes from there on fail; 0: all
//
// A record of the trace: kind, file (4 bytes), number (8 bytes), and two byte strings, each with its length (4 bytes);
// little endian. SQLite's -shm files are left out: no start relies on them.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))
#define FILES 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *folder, *how;
static long at = -1, lasts = 1;
static long changes;
static int trace = -1;
// What each descriptor was opened as: 0 for what is not ours.
static uint32_t opened[FILES];
static uint32_t next_file = 1;

static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

static void begin(void) {
    folder = getenv("FAULT_FOLDER");
    how = getenv("FAULT_HOW");
    if (!how) how = "";
    if (getenv("FAULT_AT")) at = atol(getenv("FAULT_AT"));
    if (getenv("FAULT_FOR")) lasts = atol(getenv("FAULT_FOR"));
    const char *path = getenv("FAULT_TRACE");
    if (path) trace = REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (path && trace < 0) abort();
}

static void enter(void) {
    pthread_once(&once, begin);
    pthread_mutex_lock(&lock);
}

static void leave(void) {
    int kept = errno;
    pthread_mutex_unlock(&lock);
    errno = kept;
}

static void put(const void *bytes, size_t length) {
    const char *from = bytes;
    while (length) {
        ssize_t done = REAL(write)(trace, from, length);
        if (done <= 0) abort();
        from += done;
        length -= done;
    }
}

static void record(char kind, uint32_t file, uint64_t number, const void *first, uint32_t first_length,
                   const char *second) {
    if (trace < 0) return;
    int kept = errno;
    uint32_t second_length = second ? strlen(second) : 0;
    size_t length = 21 + (size_t)first_length + second_length;
    char *bytes = malloc(length), *to = bytes;
    if (!bytes) abort();
    *to++ = kind;
    memcpy(to, &file, 4), to += 4;
    memcpy(to, &number, 8), to += 8;
    memcpy(to, &first_length, 4), to += 4;
    memcpy(to, first, first_length), to += first_length;
    memcpy(to, &second_length, 4), to += 4;
    memcpy(to, second ? second : "", second_length);
    put(bytes, length);
    free(bytes);
    errno = kept;
}

static void record_path(char kind, const char *path) { record(kind, 0, 0, path, strlen(path), NULL); }

// The absolute path; whether it is below the folder and counts.
static int ours(int dirfd, const char *path, char out[PATH_MAX]) {
    if (!folder || !path) return 0;
    if (path[0] == '/') {
        if (strlen(path) >= PATH_MAX) return 0;
        strcpy(out, path);
    } else {
        char base[PATH_MAX] = "";
        if (dirfd == AT_FDCWD) {
            if (!getcwd(base, sizeof base)) return 0;
        } else {
            char link[64];
            snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
            ssize_t length = readlink(link, base, sizeof base - 1);
            if (length < 0) return 0;
            base[length] = 0;
        }
        if (snprintf(out, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) return 0;
    }
    size_t length = strlen(folder), whole = strlen(out);
    if (strncmp(out, folder, length) || (out[length] != '/' && out[length] != 0)) return 0;
    return whole < 4 || strcmp(out + whole - 4, "-shm");
}

static uint32_t file_of(int fd) { return fd >= 0 && fd < FILES ? opened[fd] : 0; }

// What a change meets.
enum fate { GOES, FAILS, TEARS };

// What a change needs of the disk.
enum needs { NOTHING, ROOM, SYNC };

// Counts a change.
static enum fate meet(enum needs needs) {
    if (!strcmp(how, "sync") && needs != SYNC) return GOES;
    changes++;
    if (at < 0 || changes < at || (lasts && changes >= at + lasts)) return GOES;
    if (!strcmp(how, "kill")) kill(getpid(), SIGKILL);
    if (!strcmp(how, "tear")) return TEARS;
    if (!strcmp(how, "eio") || !strcmp(how, "sync")) return errno = EIO, FAILS;
    if (!strcmp(how, "enospc") && needs == ROOM) return errno = ENOSPC, FAILS;
    return GOES;
}

// The same for what has no halves.
static int met(enum needs needs) {
    enum fate fate = meet(needs);
    if (fate == TEARS) kill(getpid(), SIGKILL);
    return fate == FAILS;
}

static int opens(int dirfd, const char *path, int flags, mode_t mode) {
    char full[PATH_MAX];
    enter();
    int mine = ours(dirfd, path, full);
    struct stat there;
    int exists = mine && stat(full, &there) == 0;
    int changes_it = mine && ((flags & O_CREAT && !exists) || (flags & O_TRUNC && exists));
    if (changes_it && met(ROOM)) return leave(), -1;
    int fd = REAL(openat)(dirfd, path, flags, mode);
    if (fd >= 0 && fd < FILES) opened[fd] = 0;
    if (fd >= 0 && mine) {
        if (fd >= FILES) abort();
        opened[fd] = next_file++;
        record('O', opened[fd], (flags & O_TRUNC) ? 1 : 0, full, strlen(full), NULL);
    }
    leave();
    return fd;
}

static mode_t mode_of(int flags, va_list more) {
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
}

#define OPEN(name)                                   \
    int name(const char *path, int flags, ...) {     \
        va_list more;                                \
        va_start(more, flags);                       \
        mode_t mode = mode_of(flags, more);          \
        va_end(more);                                \
        return opens(AT_FDCWD, path, flags, mode);   \
    }
#define OPENAT(name)                                         \
    int name(int dirfd, const char *path, int flags, ...) {  \
        va_list more;                                        \
        va_start(more, flags);                               \
        mode_t mode = mode_of(flags, more);                  \
        va_end(more);                                        \
        return opens(dirfd, path, flags, mode);              \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
int creat(const char *path, mode_t mode) {
    return opens(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

int close(int fd) {
    enter();
    if (file_of(fd)) opened[fd] = 0;
    int done = REAL(close)(fd);
    leave();
    return done;
}

// A write of `length` bytes at `offset`; below 0: where the file stands.
static ssize_t writes(int fd, const void *bytes, size_t length, off_t offset) {
    enter();
    uint32_t file = file_of(fd);
    if (!file) {
        ssize_t done = offset < 0 ? REAL(write)(fd, bytes, length) : REAL(pwrite)(fd, bytes, length, offset);
        // What it told the world by now.
        if (fd == 1 && folder && done > 0) record('A', 0, 0, bytes, done, NULL);
        leave();
        return done;
    }
    enum fate fate = meet(ROOM);
    // A disk that fills up takes what it has room for, and says so only of the next write.
    int last_room = fate == FAILS && !strcmp(how, "enospc") && changes == at && length > 1;
    if (fate == FAILS && !last_room) return leave(), -1;
    if (fate == TEARS || last_room) length /= 2;
    off_t begins = offset;
    if (offset < 0) {
        begins = fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
    }
    ssize_t done = offset < 0 ? REAL(write)(fd, bytes, length) : REAL(pwrite)(fd, bytes, length, offset);
    if (done > 0) record('W', file, begins, bytes, done, NULL);
    if (fate == TEARS) kill(getpid(), SIGKILL);
    leave();
    return done;
}

ssize_t write(int fd, const void *bytes, size_t length) { return writes(fd, bytes, length, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return writes(fd, bytes, length, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at) { return writes(fd, bytes, length, at); }

static ssize_t writes_parts(int fd, const struct iovec *parts, int count, off_t offset) {
    size_t length = 0;
    for (int n = 0; n < count; n++) length += parts[n].iov_len;
    char *bytes = malloc(length ? length : 1), *to = bytes;
    if (!bytes) abort();
    for (int n = 0; n < count; n++) {
        memcpy(to, parts[n].iov_base, parts[n].iov_len);
        to += parts[n].iov_len;
    }
    ssize_t done = writes(fd, bytes, length, offset);
    int kept = errno;
    free(bytes);
    errno = kept;
    return done;
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    pthread_once(&once, begin);
    return file_of(fd) ? writes_parts(fd, parts, count, -1) : REAL(writev)(fd, parts, count);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
    return writes_parts(fd, parts, count, at);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at) {
    return writes_parts(fd, parts, count, at);
}

static int cuts(int fd, off_t length) {
    enter();
    uint32_t file = file_of(fd);
    if (file && met(ROOM)) return leave(), -1;
    int done = REAL(ftruncate)(fd, length);
    if (file && !done) record('T', file, length, "", 0, NULL);
    leave();
    return done;
}
int ftruncate(int fd, off_t length) { return cuts(fd, length); }
int ftruncate64(int fd, off_t length) { return cuts(fd, length); }

// Room without bytes: the file may become longer.
static int reserves(int fd, off_t from, off_t length, int fallback) {
    enter();
    uint32_t file = file_of(fd);
    struct stat there;
    if (file && met(ROOM)) return leave(), fallback ? errno : -1;
    if (file && fstat(fd, &there) == 0 && there.st_size < from + length) {
        int done = REAL(ftruncate)(fd, from + length);
        if (!done) record('T', file, from + length, "", 0, NULL);
        leave();
        return done;
    }
    int done = file ? 0 : fallback ? REAL(posix_fallocate)(fd, from, length) : REAL(fallocate)(fd, 0, from, length);
    leave();
    return done;
}
int fallocate(int fd, int mode, off_t from, off_t length) {
    if (mode) return errno = EOPNOTSUPP, -1;
    return reserves(fd, from, length, 0);
}
int fallocate64(int fd, int mode, off_t from, off_t length) { return fallocate(fd, mode, from, length); }
int posix_fallocate(int fd, off_t from, off_t length) { return reserves(fd, from, length, 1); }
int posix_fallocate64(int fd, off_t from, off_t length) { return reserves(fd, from, length, 1); }

#define SYNCS(name)                                   \
    int name(int fd) {                               \
        enter();                                     \
        uint32_t file = file_of(fd);                 \
        if (file && met(SYNC)) {                        \
            record('F', file, 0, "", 0, NULL);       \
            return leave(), -1;                      \
        }                                            \
        int done = REAL(name)(fd);                   \
        if (file && !done) record('S', file, 0, "", 0, NULL); \
        leave();                                     \
        return done;                                 \
    }
SYNCS(fsync)
SYNCS(fdatasync)

int syncfs(int fd) {
    enter();
    uint32_t file = file_of(fd);
    if (file && met(SYNC)) {
        record('G', 0, 0, "", 0, NULL);
        return leave(), -1;
    }
    int done = REAL(syncfs)(fd);
    if (file && !done) record('Y', 0, 0, "", 0, NULL);
    leave();
    return done;
}

static int renames(int old_dir, const char *from, int new_dir, const char *to) {
    char old[PATH_MAX], new[PATH_MAX];
    enter();
    int mine = ours(old_dir, from, old) && ours(new_dir, to, new);
    if (mine && met(NOTHING)) return leave(), -1;
    int done = REAL(renameat)(old_dir, from, new_dir, to);
    if (mine && !done) record('R', 0, 0, old, strlen(old), new);
    leave();
    return done;
}
int rename(const char *from, const char *to) { return renames(AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int a, const char *from, int b, const char *to) { return renames(a, from, b, to); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    if (flags) return errno = EINVAL, -1;
    return renames(a, from, b, to);
}

static int removes(int dirfd, const char *path, int flags) {
    char full[PATH_MAX];
    enter();
    int mine = ours(dirfd, path, full);
    struct stat there;
    if (mine && lstat(full, &there) == 0 && met(NOTHING)) return leave(), -1;
    int done = REAL(unlinkat)(dirfd, path, flags);
    if (mine && !done) record_path('U', full);
    leave();
    return done;
}
int unlink(const char *path) { return removes(AT_FDCWD, path, 0); }
int unlinkat(int dirfd, const char *path, int flags) { return removes(dirfd, path, flags); }
int rmdir(const char *path) { return removes(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
    struct stat there;
    if (lstat(path, &there)) return -1;
    return removes(AT_FDCWD, path, S_ISDIR(there.st_mode) ? AT_REMOVEDIR : 0);
}

static int makes(int dirfd, const char *path, mode_t mode) {
    char full[PATH_MAX];
    enter();
    int mine = ours(dirfd, path, full);
    struct stat there;
    if (mine && lstat(full, &there) != 0 && met(ROOM)) return leave(), -1;
    int done = REAL(mkdirat)(dirfd, path, mode);
    if (mine && !done) record_path('M', full);
    leave();
    return done;
}
int mkdir(const char *path, mode_t mode) { return makes(AT_FDCWD, path, mode); }
int mkdirat(int dirfd, const char *path, mode_t mode) { return makes(dirfd, path, mode); }

// Neither Assay nor SQLite makes links or copies within the kernel; should they begin to, the tests must learn of it.
int linkat(int a, const char *from, int b, const char *to, int flags) {
    char full[PATH_MAX];
    pthread_once(&once, begin);
    if (ours(b, to, full)) abort();
    return REAL(linkat)(a, from, b, to, flags);
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }
ssize_t copy_file_range(int in, off_t *from, int out, off_t *to, size_t length, unsigned flags) {
    if (file_of(out)) return errno = EXDEV, -1;
    return REAL(copy_file_range)(in, from, out, to, length, flags);
}
