/* Preloaded into the process of the fault tests: makes the n-th write, flush or truncation of a file under one directory fail as a
   disk would. No headers, so that a bare compiler is enough. */

typedef unsigned long size;
typedef long offset;

extern int *__errno_location(void);
extern void *dlsym(void *, const char *);
extern long readlink(const char *, char *, size);
extern int snprintf(char *, size, const char *, ...);
extern int strncmp(const char *, const char *, size);
extern size strlen(const char *);
extern char *strncpy(char *, const char *, size);

enum { NONE, NO_SPACE, IO_ERROR, SHORT_WRITE, INTERRUPTED };
enum { EINTR = 4, EIO = 5, ENOSPC = 28 };

static char directory[4096];
static int kind, forever;
static long left, flushes;

void fault_arm(const char *under, int what, long nth, int from_then_on)
{
    strncpy(directory, under, sizeof directory - 1);
    forever = from_then_on;
    left = nth;
    __atomic_store_n(&kind, what, __ATOMIC_SEQ_CST);
}

/* How many more it would have taken: zero or less when it has struck. */
long fault_left(void) { return __atomic_load_n(&left, __ATOMIC_SEQ_CST); }

long fault_flushes(void) { return __atomic_load_n(&flushes, __ATOMIC_SEQ_CST); }

static int is_ours(int file)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    long length = readlink(link, path, sizeof path - 1);
    return length > 0 && directory[0] && strncmp(path, directory, strlen(directory)) == 0;
}

static int strikes(int file)
{
    if (!is_ours(file)) return NONE;
    long now = __atomic_sub_fetch(&left, 1, __ATOMIC_SEQ_CST);
    return now == 0 || (forever && now < 0) ? kind : NONE;
}

static long error(int code)
{
    *__errno_location() = code;
    return -1;
}

#define REAL(name) (real ? real : (real = dlsym((void *)-1, name)))

#define WRITE(name, parameters, arguments, shorter)                          \
    long name parameters                                                     \
    {                                                                        \
        static long (*real) parameters;                                      \
        if (kind)                                                            \
            switch (strikes(file))                                           \
            {                                                                \
            case NO_SPACE: return error(ENOSPC);                             \
            case IO_ERROR: return error(EIO);                                \
            case INTERRUPTED: return error(EINTR);                           \
            case SHORT_WRITE:                                                \
                if (count > 1) return REAL(#name) shorter;                   \
            }                                                                \
        return REAL(#name) arguments;                                        \
    }

WRITE(write, (int file, const void *bytes, size count), (file, bytes, count), (file, bytes, count / 2))
WRITE(pwrite, (int file, const void *bytes, size count, offset at), (file, bytes, count, at), (file, bytes, count / 2, at))
WRITE(pwrite64, (int file, const void *bytes, size count, offset at), (file, bytes, count, at), (file, bytes, count / 2, at))

#define OTHER(name, parameters, arguments, counted)                          \
    int name parameters                                                      \
    {                                                                        \
        static int (*real) parameters;                                       \
        if (counted && is_ours(file)) __atomic_add_fetch(&flushes, 1, __ATOMIC_SEQ_CST); \
        if (kind == IO_ERROR && strikes(file) == IO_ERROR) return error(EIO); \
        return REAL(#name) arguments;                                        \
    }

OTHER(fsync, (int file), (file), 1)
OTHER(fdatasync, (int file), (file), 1)
OTHER(ftruncate, (int file, offset length), (file, length), 0)
OTHER(ftruncate64, (int file, offset length), (file, length), 0)
