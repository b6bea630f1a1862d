/* Makes system calls of as many kinds as can be made safely, with arguments and results that are known, some that succeed and
 * some that fail, in the current directory, which must be an empty one. What it makes goes with it.
 *
 * Prints a line for every result that is not the expected one, and at the end how many kinds there were. What a kernel may
 * lack or forbid is expected to do anything (ANY). As root; needs no network but the loopback device. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* newer than the headers may be */
enum {
	NR_cachestat = 451, NR_fchmodat2, NR_map_shadow_stack, NR_futex_wake, NR_futex_wait, NR_futex_requeue, NR_statmount,
	NR_listmount, NR_lsm_get_self_attr, NR_lsm_set_self_attr, NR_lsm_list_modules, NR_mseal, NR_setxattrat, NR_getxattrat,
	NR_listxattrat, NR_removexattrat, NR_open_tree_attr, NR_file_getattr, NR_file_setattr, NR_listns,
};

#define ANY INT64_MIN          /* whatever it returns */
#define GOOD (INT64_MIN + 1)   /* no error */
#define BAD (INT64_MIN + 2)    /* some error */
#define FAULT ((void *)8)      /* where nothing can lie */

static unsigned kinds, faults;
static bool made[1024];

static long check(const char *name, int line, int64_t expected, long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 asm("r10") = d;
	register long r8 asm("r8") = e;
	register long r9 asm("r9") = f;
	bool failed, good;
	long result;

	asm volatile("syscall" : "=a"(result) : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
		     : "rcx", "r11", "memory");
	failed = result < 0 && result >= -4095;
	good = expected == ANY || (expected == GOOD && !failed) || (expected == BAD && failed) || result == expected;
	if (!good && result != -ENOSYS) {
		printf("line %d: %s returned %ld\n", line, name, result);
		faults++;
	}
	if (!made[number])
		kinds++;
	made[number] = true;
	return result;
}

#define CALL_6(expected, name, number, a, b, c, d, e, f, ...) \
	check(name, __LINE__, expected, number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define CALL(expected, ...) CALL_6(expected, __VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
#define SYS(expected, name, ...) CALL(expected, #name, SYS_##name, ##__VA_ARGS__)
#define NEW(name, ...) CALL(ANY, #name, NR_##name, ##__VA_ARGS__)

static const struct timespec instant = { 0, 1000000 };
static char buffer[4096];

static void files(void)
{
	struct open_how how = { .flags = O_RDWR | O_CREAT, .mode = 0640, .resolve = RESOLVE_NO_SYMLINKS };
	struct iovec vector[2] = { { "hello ", 6 }, { "world\n", 6 } }, into[2] = { { buffer, 3 }, { buffer + 100, 90 } };
	int fd, other, directory, copy;

	fd = SYS(GOOD, openat, AT_FDCWD, "data", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	SYS(-EEXIST, openat, AT_FDCWD, "data", O_RDWR | O_CREAT | O_EXCL, 0644);
	SYS(-ENOENT, open, "no such file", O_RDONLY);
	SYS(-EFAULT, open, FAULT, O_RDONLY);
	other = SYS(GOOD, creat, "created", 0600);
	SYS(0, close, other);
	SYS(-EBADF, close, 987);
	other = SYS(GOOD, openat2, AT_FDCWD, "how", &how, sizeof(how));
	SYS(-EINVAL, openat2, AT_FDCWD, "how", &how, 3);
	SYS(GOOD, write, fd, "0123456789", 10);
	SYS(-EBADF, write, 987, "nowhere", 7);
	SYS(-EFAULT, write, fd, FAULT, 10);
	SYS(5, pwrite64, fd, "abcde", 5, 2);
	SYS(12, writev, fd, vector, 2);
	SYS(12, pwritev, fd, vector, 2, 100, 0);
	SYS(12, pwritev2, fd, vector, 2, 200, 0, 0);
	SYS(3, lseek, fd, 3, SEEK_SET);
	SYS(-EINVAL, lseek, fd, -3, SEEK_SET);
	SYS(4, read, fd, buffer, 4);
	directory = SYS(GOOD, open, ".", O_RDONLY | O_DIRECTORY);
	SYS(-EISDIR, read, directory, buffer, 4);
	SYS(8, pread64, fd, buffer, 8, 1);
	SYS(GOOD, readv, fd, into, 2);
	SYS(12, preadv, fd, into, 2, 200, 0);
	SYS(12, preadv2, fd, into, 2, 200, 0, 0);
	SYS(0, fsync, fd);
	SYS(0, fdatasync, fd);
	SYS(-EBADF, fsync, 987);
	SYS(0, sync_file_range, fd, 0, 100, 2);
	SYS(ANY, readahead, fd, 0, 4096);
	SYS(0, fadvise64, fd, 0, 100, POSIX_FADV_RANDOM);
	SYS(ANY, fallocate, fd, 0, 0, 1000);
	SYS(0, ftruncate, fd, 50);
	SYS(0, truncate, "data", 40);
	SYS(-ENOENT, truncate, "no such file", 40);
	SYS(0, flock, fd, LOCK_EX | LOCK_NB);
	SYS(0, flock, fd, LOCK_UN);
	SYS(20, dup2, fd, 20);
	SYS(21, dup3, fd, 21, O_CLOEXEC);
	SYS(-EINVAL, dup3, fd, fd, 0);
	copy = SYS(GOOD, dup, fd);
	SYS(0, close, copy);
	SYS(-EBADF, dup, 987);
	SYS(0, fcntl, 20, F_GETFD);
	SYS(0, fcntl, 20, F_SETFD, FD_CLOEXEC);
	SYS(GOOD, fcntl, 20, F_GETFL);
	SYS(GOOD, fcntl, 20, F_DUPFD, 30);
	SYS(GOOD, fcntl, 20, F_DUPFD_CLOEXEC, 31);
	SYS(-EINVAL, fcntl, 20, 12345);
	SYS(0, ioctl, fd, FIONREAD, buffer);
	SYS(-ENOTTY, ioctl, fd, TCGETS, buffer);
	SYS(0, copy_file_range, 20, 0, 21, 0, 0, 0);
	SYS(10, copy_file_range, fd, &(uint64_t){ 0 }, other, &(uint64_t){ 5 }, 10, 0);
	SYS(GOOD, sendfile, other, fd, &(uint64_t){ 2 }, 7);
	SYS(-EBADF, sendfile, 987, fd, 0, 7);
	SYS(0, syncfs, fd);
	SYS(0, sync);
	NEW(cachestat, fd, ((uint64_t[]){ 0, 0 }), buffer, 0);
	SYS(0, close_range, 20, 40, 0);
	SYS(-EINVAL, close_range, 40, 20, 0);
	SYS(0, close, other);
	SYS(0, close, fd);
}

static void names(void)
{
	struct timespec times[2] = { { 1700000000, 5 }, { 1700000001, 6 } };
	struct timeval values[2] = { { 1700000000, 5 }, { 1700000001, 6 } };
	struct { unsigned size; int type; char bytes[128]; } handle = { .size = 128 };
	int directory, fd;

	SYS(0, stat, "data", buffer);
	SYS(-ENOENT, stat, "none", buffer);
	SYS(0, lstat, "data", buffer);
	SYS(-ENOTDIR, lstat, "data/below", buffer);
	fd = SYS(GOOD, open, "data", O_RDWR);
	SYS(0, fstat, fd, buffer);
	SYS(-EBADF, fstat, 987, buffer);
	SYS(0, newfstatat, AT_FDCWD, "data", buffer, AT_SYMLINK_NOFOLLOW);
	SYS(0, newfstatat, fd, "", buffer, AT_EMPTY_PATH);
	SYS(0, statx, AT_FDCWD, "data", AT_NO_AUTOMOUNT, 0x7ff, buffer);
	SYS(-ENOENT, statx, AT_FDCWD, "none", 0, 0x7ff, buffer);
	SYS(0, access, "data", R_OK | W_OK);
	SYS(-ENOENT, access, "none", F_OK);
	SYS(0, faccessat, AT_FDCWD, "data", R_OK);
	SYS(0, faccessat2, AT_FDCWD, "data", X_OK - 1, AT_EACCESS);
	SYS(0, mkdir, "directory", 0755);
	SYS(-EEXIST, mkdir, "directory", 0755);
	directory = SYS(GOOD, open, "directory", O_RDONLY | O_DIRECTORY);
	SYS(0, mkdirat, directory, "below", 0700);
	SYS(GOOD, getcwd, buffer, sizeof(buffer));
	SYS(-ERANGE, getcwd, buffer, 1);
	SYS(0, chdir, "directory");
	SYS(-ENOENT, chdir, "nowhere");
	SYS(0, chdir, "..");
	SYS(0, fchdir, directory);
	SYS(0, chdir, "..");
	SYS(GOOD, getdents64, directory, buffer, sizeof(buffer));
	SYS(0, getdents64, directory, buffer, sizeof(buffer));
	SYS(0, getdents, directory, buffer, sizeof(buffer));
	SYS(-ENOTDIR, getdents64, fd, buffer, sizeof(buffer));
	SYS(0, rename, "created", "renamed");
	SYS(-ENOENT, rename, "created", "renamed");
	SYS(0, renameat, AT_FDCWD, "renamed", directory, "moved");
	SYS(-EEXIST, renameat2, directory, "moved", AT_FDCWD, "data", 1);
	SYS(0, link, "data", "linked");
	SYS(-EEXIST, link, "data", "linked");
	SYS(0, linkat, AT_FDCWD, "data", directory, "linked", 0);
	SYS(0, symlink, "data", "symbolic");
	SYS(0, symlinkat, "../data", directory, "symbolic");
	SYS(4, readlink, "symbolic", buffer, sizeof(buffer));
	SYS(-EINVAL, readlink, "data", buffer, sizeof(buffer));
	SYS(7, readlinkat, directory, "symbolic", buffer, sizeof(buffer));
	SYS(0, chmod, "data", 0600);
	SYS(0, fchmod, fd, 0640);
	SYS(0, fchmodat, AT_FDCWD, "data", 0604);
	NEW(fchmodat2, AT_FDCWD, "symbolic", 0600, AT_SYMLINK_NOFOLLOW);
	SYS(0, chown, "data", 1, 2);
	SYS(0, fchown, fd, 3, 4);
	SYS(0, lchown, "symbolic", 5, 6);
	SYS(0, fchownat, AT_FDCWD, "data", -1, 0, AT_SYMLINK_NOFOLLOW);
	SYS(GOOD, umask, 022);
	SYS(022, umask, 077);
	SYS(077, umask, 022);
	SYS(0, utime, "data", 0);
	SYS(0, utimes, "data", values);
	SYS(0, futimesat, AT_FDCWD, "data", values);
	SYS(0, utimensat, AT_FDCWD, "data", times, 0);
	SYS(-ENOENT, utimensat, AT_FDCWD, "none", times, AT_SYMLINK_NOFOLLOW);
	SYS(0, mknod, "fifo", S_IFIFO | 0644, 0);
	SYS(0, mknodat, directory, "fifo", S_IFIFO | 0600, 0);
	SYS(0, statfs, ".", buffer);
	SYS(0, fstatfs, fd, buffer);
	SYS(BAD, ustat, 0xffff, buffer);
	SYS(0, name_to_handle_at, AT_FDCWD, "data", &handle, &(int){ 0 }, 0);
	SYS(ANY, open_by_handle_at, directory, &handle, O_RDONLY);
	SYS(ANY, setxattr, "data", "user.colour", "green", 5, 0);
	SYS(ANY, lsetxattr, "data", "user.shape", "round", 5, 0);
	SYS(ANY, fsetxattr, fd, "user.size", "large", 5, 2);
	SYS(ANY, getxattr, "data", "user.colour", buffer, 100);
	SYS(ANY, lgetxattr, "data", "user.shape", buffer, 100);
	SYS(BAD, fgetxattr, fd, "user.none", buffer, 100);
	SYS(ANY, listxattr, "data", buffer, 100);
	SYS(ANY, llistxattr, "data", buffer, 100);
	SYS(ANY, flistxattr, fd, buffer, 100);
	SYS(ANY, removexattr, "data", "user.colour");
	SYS(ANY, lremovexattr, "data", "user.shape");
	SYS(ANY, fremovexattr, fd, "user.none");
	NEW(setxattrat, AT_FDCWD, "data", 0, "user.colour", ((uint64_t[]){ (uintptr_t)"red", 3 }), 16);
	NEW(getxattrat, AT_FDCWD, "data", 0, "user.colour", ((uint64_t[]){ (uintptr_t)buffer, 100 }), 16);
	NEW(listxattrat, AT_FDCWD, "data", AT_SYMLINK_NOFOLLOW, buffer, 100);
	NEW(removexattrat, AT_FDCWD, "data", 0, "user.colour");
	NEW(file_getattr, AT_FDCWD, "data", buffer, 24, 0);
	NEW(file_setattr, AT_FDCWD, "none", buffer, 24, 0);
	SYS(0, unlink, "linked");
	SYS(-ENOENT, unlink, "linked");
	SYS(0, unlinkat, directory, "below", AT_REMOVEDIR);
	SYS(-EISDIR, unlinkat, AT_FDCWD, "directory", 0);
	SYS(-ENOTEMPTY, rmdir, "directory");
	SYS(-ENOTDIR, rmdir, "data");
	SYS(0, mkdir, "empty", 0700);
	SYS(0, rmdir, "empty");
	SYS(0, close, directory);
	SYS(0, close, fd);
}

/* Nothing of this may succeed. */
static void system_files(void)
{
	char data[8] = { 0 };
	int fd;

	SYS(-ENOENT, mount, "none", "no such directory", "tmpfs", MS_RDONLY | MS_NOSUID, "size=1m");
	SYS(-ENOENT, umount2, "no such directory", MNT_DETACH);
	SYS(-ENOENT, pivot_root, "no such directory", "none");
	SYS(BAD, quotactl, 0x80000700, "/dev/null", 1000, data);
	SYS(BAD, quotactl_fd, 0, 0x80000700, 1000, data);
	SYS(BAD, swapon, "no such file", 0);
	SYS(BAD, swapoff, "no such file");
	SYS(BAD, acct, "no such file");
	SYS(BAD, uselib, "no such file");
	SYS(BAD, sysfs, 99, 0, 0);
	SYS(BAD, mount_setattr, AT_FDCWD, "no such directory", AT_RECURSIVE, data, 8);
	SYS(BAD, move_mount, AT_FDCWD, "no such directory", AT_FDCWD, "nowhere", 0);
	SYS(GOOD, open_tree, AT_FDCWD, ".", O_CLOEXEC);
	SYS(-ENOENT, open_tree, AT_FDCWD, "none", 0);
	NEW(open_tree_attr, AT_FDCWD, "none", 0, data, 8);
	SYS(-ENODEV, fsopen, "nosuchfs", 0);
	fd = SYS(GOOD, fsopen, "tmpfs", 1);
	SYS(BAD, fsconfig, fd, 1, "nosuchkey", "1", 0);
	SYS(BAD, fsmount, fd, 99, 0);
	SYS(BAD, fspick, AT_FDCWD, "none", 0);
	SYS(0, close, fd);
	NEW(statmount, ((uint64_t[]){ 24, ~0ull, 0 }), buffer, 1, 0);
	NEW(listmount, ((uint64_t[]){ 24, ~0ull, 0 }), buffer, 5, 0);
	SYS(BAD, lookup_dcookie, 1, buffer, 100);
	SYS(BAD, init_module, data, 8, "x=1");
	SYS(BAD, finit_module, 987, "x=1", 0);
	SYS(-ENOENT, delete_module, "no_such_module", O_NONBLOCK);
	SYS(BAD, kexec_load, 0, 99, FAULT, 0xffff0000);
	SYS(BAD, kexec_file_load, 987, 987, 0, 0, 0xff00);
	SYS(-EINVAL, reboot, 1, 2, 3, 0);
	SYS(-EINVAL, sethostname, "x", -1);
	SYS(-EINVAL, setdomainname, "x", -1);
	SYS(BAD, syslog, 99, 0, 0);
	SYS(0, uname, buffer);
	SYS(-EFAULT, uname, FAULT);
	SYS(0, sysinfo, buffer);
	SYS(BAD, bpf, 0, data, 8);
	SYS(BAD, bpf, 99, data, 8);
	SYS(BAD, perf_event_open, data, -1, -1, -1, 0);
	SYS(8, getrandom, buffer, 8, 0);
	SYS(BAD, add_key, "nosuchtype", "spantop", "x", 1, -3);
	SYS(BAD, request_key, "user", "spantop:none", 0, -3);
	SYS(BAD, keyctl, 99, 1, 2);
	SYS(ANY, keyctl, KEYCTL_GET_KEYRING_ID, -3, 0);
	SYS(-ENOSYS, create_module, "none", 100);
	SYS(-ENOSYS, get_kernel_syms, 0);
	SYS(-ENOSYS, query_module, 0, 0, 0, 0, 0);
	SYS(-ENOSYS, nfsservctl, 0, 0, 0);
	SYS(-ENOSYS, getpmsg);
	SYS(-ENOSYS, putpmsg);
	SYS(-ENOSYS, afs_syscall);
	SYS(-ENOSYS, tuxcall);
	SYS(-ENOSYS, security);
	SYS(-ENOSYS, vserver);
	SYS(-ENOSYS, _sysctl, FAULT);
	SYS(-ENOSYS, epoll_ctl_old, 1, 1, 1, 0);
	SYS(-ENOSYS, epoll_wait_old, 1, 0, 1, 1);
	CALL(-ENOSYS, "a number without a name", 400);
}

static void memory(void)
{
	int fd = SYS(GOOD, memfd_create, "some memory", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct iovec piece = { buffer, 1 };
	char *at, *moved, *shared;
	long key;

	SYS(0, ftruncate, fd, 8192);
	SYS(0, fcntl, fd, F_ADD_SEALS, 2);
	at = (char *)SYS(GOOD, mmap, 0, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	shared = (char *)SYS(GOOD, mmap, 0, 8192, PROT_READ, MAP_SHARED, fd, 4096);
	SYS(-EBADF, mmap, 0, 8192, PROT_READ, MAP_SHARED, 987, 0);
	SYS(-EINVAL, mmap, 0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	at[0] = 1;
	SYS(0, mprotect, at, 4096, PROT_READ | PROT_EXEC);
	SYS(-EINVAL, mprotect, at + 1, 4096, PROT_READ);
	SYS(0, mprotect, at, 4096, PROT_READ | PROT_WRITE);
	SYS(0, madvise, at, 4096, MADV_DONTNEED);
	SYS(-EINVAL, madvise, at, 4096, 77);
	SYS(0, mincore, at, 4096, buffer);
	SYS(0, msync, shared, 4096, MS_SYNC);
	SYS(0, mlock, at, 4096);
	SYS(0, mlock2, at, 4096, 1);
	SYS(0, munlock, at, 4096);
	SYS(-EINVAL, mlockall, 0);
	SYS(0, munlockall);
	moved = (char *)SYS(GOOD, mremap, at, 16384, 32768, MREMAP_MAYMOVE);
	SYS(-EINVAL, mremap, FAULT, 4096, 8192, 0);
	SYS(-EINVAL, remap_file_pages, moved, 4096, 1, 0, 0);
	SYS(ANY, mbind, moved, 4096, 0, 0, 0, 0);
	SYS(ANY, set_mempolicy, 0, 0, 0);
	SYS(ANY, get_mempolicy, 0, 0, 0, 0, 0);
	SYS(ANY, set_mempolicy_home_node, moved, 4096, 99, 0);
	SYS(ANY, migrate_pages, 99999999, 0, 0, 0);
	SYS(ANY, move_pages, 0, 0, 0, 0, 0, 0);
	key = SYS(ANY, pkey_alloc, 0, 0);
	SYS(ANY, pkey_mprotect, moved, 4096, PROT_READ, -1);
	SYS(ANY, pkey_free, key < 0 ? 99 : key);
	SYS(0, munmap, moved, 32768);
	SYS(-EINVAL, munmap, 1, 4096);
	SYS(0, munmap, shared, 8192);
	SYS(GOOD, brk, 0);
	key = SYS(GOOD, brk, 0);
	SYS(key + 4096, brk, key + 4096);
	SYS(ANY, memfd_secret, 0);
	SYS(-EINVAL, memfd_create, "bad flags", 0x800);
	SYS(BAD, process_madvise, 987, &piece, 1, MADV_COLD, 0);
	SYS(BAD, process_mrelease, 987, 0);
	SYS(GOOD, membarrier, 0, 0, 0);
	SYS(ANY, userfaultfd, O_CLOEXEC | 1);
	NEW(map_shadow_stack, 0, 4095, 0);
	NEW(mseal, 1, 4096, 0);
	SYS(0, close, fd);
}

static void system_v(void)
{
	struct sembuf operations[2] = { { 0, 2, 0 }, { 1, 1, IPC_NOWAIT } }, impossible = { 0, -9, IPC_NOWAIT };
	struct sembuf wanted = { 0, -9, 0 };
	struct { long type; char text[16]; } message = { 7, "message" };
	int set, queue, segment;
	void *at;

	segment = SYS(GOOD, shmget, IPC_PRIVATE, 8192, 0600 | IPC_CREAT);
	at = (void *)SYS(GOOD, shmat, segment, 0, SHM_RDONLY);
	SYS(-EINVAL, shmat, -1, 0, 0);
	SYS(0, shmctl, segment, IPC_STAT, buffer);
	SYS(0, shmdt, at);
	SYS(0, shmctl, segment, IPC_RMID, 0);
	SYS(-ENOENT, shmget, 0x5a5a1234, 100, 0);
	set = SYS(GOOD, semget, IPC_PRIVATE, 2, 0600 | IPC_CREAT | IPC_EXCL);
	SYS(0, semop, set, operations, 2);
	SYS(-EAGAIN, semop, set, &impossible, 1);
	SYS(-EAGAIN, semtimedop, set, &wanted, 1, &instant);
	SYS(2, semctl, set, 0, GETVAL);
	SYS(0, semctl, set, 1, SETVAL, 5);
	SYS(0, semctl, set, 0, IPC_RMID);
	queue = SYS(GOOD, msgget, IPC_PRIVATE, 0600 | IPC_CREAT);
	SYS(0, msgsnd, queue, &message, 8, IPC_NOWAIT);
	SYS(8, msgrcv, queue, &message, 16, 7, 0);
	SYS(-ENOMSG, msgrcv, queue, &message, 16, 0, IPC_NOWAIT);
	SYS(0, msgctl, queue, IPC_RMID, 0);
	SYS(-EINVAL, msgctl, queue, IPC_RMID, 0);
	SYS(-ENOENT, msgget, 0x5a5a1234, 0);
}

static void posix_queues(void)
{
	long attributes[8] = { 0, 2, 16, 0 };
	int queue = SYS(ANY, mq_open, "spantop_conformance", O_RDWR | O_CREAT | O_NONBLOCK, 0600, attributes);

	SYS(ANY, mq_timedsend, queue, "urgent", 6, 5, 0);
	SYS(ANY, mq_timedreceive, queue, buffer, 16, &(unsigned){ 0 }, 0);
	SYS(BAD, mq_timedreceive, queue, buffer, 16, 0, 0);
	SYS(ANY, mq_notify, queue, 0);
	SYS(ANY, mq_getsetattr, queue, 0, attributes);
	SYS(ANY, mq_unlink, "spantop_conformance");
	SYS(-ENOENT, mq_unlink, "spantop_none");
	SYS(ANY, close, queue);
}

static void pipes(void)
{
	struct iovec vector = { "vector", 6 };
	int ends[2], others[2];

	SYS(0, pipe, ends);
	SYS(0, pipe2, others, O_CLOEXEC | O_NONBLOCK);
	SYS(-EFAULT, pipe2, FAULT, 0);
	SYS(-EINVAL, pipe2, buffer, 0x77);
	SYS(7, write, ends[1], "through", 7);
	SYS(7, tee, ends[0], others[1], 100, 2);
	SYS(7, read, ends[0], buffer, 100);
	SYS(6, vmsplice, ends[1], &vector, 1, 0);
	SYS(6, splice, ends[0], 0, others[1], 0, 100, 2);
	SYS(-EBADF, splice, others[1], 0, others[1], 0, 1, 2);
	SYS(13, read, others[0], buffer, 100);
	SYS(-EAGAIN, read, others[0], buffer, 100);
	SYS(GOOD, fcntl, ends[0], F_GETPIPE_SZ);
	SYS(0, close, ends[0]);
	SYS(-EPIPE, write, ends[1], "nobody", 6);
	for (int i = 0; i < 2; i++)
		SYS(0, close, others[i]);
	SYS(0, close, ends[1]);
}

static void waits(void)
{
	struct epoll_event event = { EPOLLIN | EPOLLOUT, { .u64 = 0x1234 } }, events[8];
	struct timespec left = { 0, 2000000 };  /* what the kernel changes */
	struct timeval short_time = { 0, 2000 };
	struct itimerspec timer = { { 1, 0 }, { 0, 1000000 } };
	uint64_t one = 1, mask = 1ull << (SIGUSR1 - 1);
	int counter = SYS(GOOD, eventfd2, 3, EFD_NONBLOCK | EFD_CLOEXEC), old = SYS(GOOD, eventfd, 0), epoll, fd;
	struct pollfd list[3] = { { counter, POLLIN | POLLOUT, 0 }, { old, POLLIN, 0 }, { 987, POLLPRI, 0 } };
	fd_set readable, writable;

	SYS(8, write, counter, &one, 8);
	SYS(8, read, counter, buffer, 8);
	SYS(-EAGAIN, read, counter, buffer, 8);
	SYS(2, poll, list, 3, 10);
	SYS(0, poll, list + 1, 1, 2);
	SYS(-EFAULT, poll, FAULT, 1, 0);
	SYS(2, ppoll, list, 3, &left, &mask, 8);
	left.tv_nsec = 3000000;
	SYS(0, ppoll, 0, 0, &left, 0, 8);
	left.tv_nsec = 4000000;
	FD_ZERO(&readable);
	FD_ZERO(&writable);
	FD_SET(old, &readable);
	FD_SET(counter, &writable);
	SYS(1, select, counter + 2, &readable, &writable, 0, &short_time);
	short_time.tv_usec = 2500;
	SYS(0, select, 0, 0, 0, 0, &short_time);
	SYS(1, pselect6, counter + 2, 0, &writable, 0, &left, 0);
	SYS(GOOD, epoll_create, 5);
	epoll = SYS(GOOD, epoll_create1, EPOLL_CLOEXEC);
	SYS(0, epoll_ctl, epoll, EPOLL_CTL_ADD, counter, &event);
	SYS(-EEXIST, epoll_ctl, epoll, EPOLL_CTL_ADD, counter, &event);
	SYS(1, epoll_wait, epoll, events, 8, 5);
	SYS(1, epoll_pwait, epoll, events, 8, 5, &mask, 8);
	SYS(1, epoll_pwait2, epoll, events, 8, &instant, 0, 8);
	SYS(0, epoll_ctl, epoll, EPOLL_CTL_DEL, counter, 0);
	SYS(0, epoll_wait, epoll, events, 8, 0);
	SYS(-EINVAL, epoll_wait, counter, events, 8, 0);
	fd = SYS(GOOD, timerfd_create, CLOCK_MONOTONIC, TFD_NONBLOCK);
	SYS(0, timerfd_settime, fd, 0, &timer, 0);
	SYS(0, timerfd_gettime, fd, &timer);
	SYS(0, close, fd);
	fd = SYS(GOOD, signalfd4, -1, &mask, 8, O_NONBLOCK);
	SYS(-EAGAIN, read, fd, buffer, 128);
	SYS(fd, signalfd, fd, &mask, 8);
	SYS(0, close, fd);
	SYS(GOOD, inotify_init);
	fd = SYS(GOOD, inotify_init1, IN_NONBLOCK);
	SYS(1, inotify_add_watch, fd, "directory", IN_CREATE | IN_DELETE);
	SYS(-ENOENT, inotify_add_watch, fd, "none", IN_CREATE);
	SYS(0, inotify_rm_watch, fd, 1);
	SYS(0, close, fd);
	fd = SYS(ANY, fanotify_init, FAN_CLASS_NOTIF, O_RDONLY);
	SYS(ANY, fanotify_mark, fd, FAN_MARK_ADD, FAN_OPEN, 0, AT_FDCWD, "data");
	SYS(ANY, close, fd);
	SYS(0, close, epoll);
	SYS(0, close, counter);
	SYS(0, close, old);
}

static void completion(void)
{
	struct io_uring_params parameters = { 0 };
	struct iocb operation = { 0 }, *list[1] = { &operation };
	aio_context_t context = 0;
	int fd = SYS(GOOD, open, "data", O_RDONLY), ring;

	operation.aio_lio_opcode = IOCB_CMD_PREAD;
	operation.aio_fildes = fd;
	operation.aio_buf = (uintptr_t)buffer;
	operation.aio_nbytes = 10;
	SYS(ANY, io_setup, 4, &context);
	SYS(ANY, io_submit, context, 1, list);
	SYS(ANY, io_getevents, context, 1, 1, buffer, &instant);
	SYS(ANY, io_pgetevents, context, 0, 1, buffer, &instant, 0);
	SYS(BAD, io_cancel, context, &operation, buffer);
	SYS(ANY, io_destroy, context);
	SYS(-EINVAL, io_destroy, 12345);
	ring = SYS(ANY, io_uring_setup, 4, &parameters);
	SYS(ANY, io_uring_enter, ring, 0, 0, 0, 0, 0);
	SYS(ANY, io_uring_register, ring, 99, 0, 0);
	SYS(BAD, io_uring_setup, 0, &parameters);
	SYS(ANY, close, ring);
	SYS(0, close, fd);
}

static void connection(int family, struct sockaddr *address, socklen_t size)
{
	int listener = SYS(GOOD, socket, family, SOCK_STREAM | SOCK_CLOEXEC, 0), client, server, again, accepted;
	struct sockaddr_storage peer;
	struct timeval limit = { 1, 500000 };
	struct iovec vector = { "message of 15 b", 15 }, into = { buffer, 64 };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 }, received = { .msg_iov = &into, .msg_iovlen = 1 };
	struct mmsghdr many[2] = { { .msg_hdr = message }, { .msg_hdr = message } };
	struct mmsghdr several[2] = { { .msg_hdr = received }, { .msg_hdr = received } };
	socklen_t length;

	SYS(0, setsockopt, listener, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, 4);
	SYS(0, bind, listener, address, size);
	SYS(0, listen, listener, 5);
	length = sizeof(peer);
	SYS(0, getsockname, listener, &peer, &length);
	client = SYS(GOOD, socket, family, SOCK_STREAM, 0);
	SYS(0, connect, client, &peer, length);
	length = sizeof(peer);
	server = SYS(GOOD, accept4, listener, &peer, &length, SOCK_NONBLOCK);
	length = sizeof(peer);
	SYS(0, getpeername, client, &peer, &length);
	again = SYS(GOOD, socket, family, SOCK_STREAM, 0);
	SYS(0, connect, again, &peer, length);
	length = sizeof(peer);
	accepted = SYS(GOOD, accept, listener, &peer, &length);
	SYS(0, close, accepted);
	SYS(0, close, again);
	SYS(5, sendto, client, "hello", 5, MSG_NOSIGNAL, 0, 0);
	SYS(5, recvfrom, server, buffer, 100, MSG_DONTWAIT, 0, 0);
	SYS(-EAGAIN, recvfrom, server, buffer, 100, MSG_DONTWAIT, 0, 0);
	SYS(15, sendmsg, client, &message, 0);
	SYS(15, recvmsg, server, &received, 0);
	SYS(2, sendmmsg, client, many, 2, 0);
	SYS(GOOD, recvmmsg, server, several, 2, MSG_DONTWAIT, 0);
	SYS(4, write, server, "back", 4);
	SYS(4, read, client, buffer, 10);
	SYS(0, setsockopt, client, SOL_SOCKET, SO_SNDBUF, &(int){ 100000 }, 4);
	SYS(0, setsockopt, client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	SYS(-ENOPROTOOPT, setsockopt, client, SOL_SOCKET, 999, &(int){ 1 }, 4);
	length = 4;
	SYS(0, getsockopt, client, SOL_SOCKET, SO_TYPE, buffer, &length);
	length = 4;
	SYS(0, getsockopt, client, SOL_SOCKET, SO_ERROR, buffer, &length);
	if (family != AF_UNIX) {
		length = 4;
		SYS(0, setsockopt, client, IPPROTO_TCP, 1, &(int){ 1 }, 4);
		SYS(0, getsockopt, client, IPPROTO_TCP, 1, buffer, &length);
	}
	SYS(0, shutdown, client, SHUT_WR);
	SYS(0, read, server, buffer, 10);
	SYS(0, close, client);
	SYS(0, close, server);
	SYS(0, close, listener);
}

static void sockets(void)
{
	struct sockaddr_in v4 = { AF_INET, 0, { htonl(INADDR_LOOPBACK) }, { 0 } }, nobody = v4;
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_un named = { AF_UNIX, "socket" }, abstract = { AF_UNIX, "\0spantop_conformance" };
	struct iovec vector = { "addressed", 9 }, into = { buffer, 64 };
	struct sockaddr_storage from;
	struct msghdr message = { .msg_name = &v4, .msg_namelen = sizeof(v4), .msg_iov = &vector, .msg_iovlen = 1 };
	struct msghdr received = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &into, .msg_iovlen = 1 };
	socklen_t length = sizeof(v4);
	int pair[2], one, other;

	connection(AF_INET, (struct sockaddr *)&v4, sizeof(v4));
	one = SYS(ANY, socket, AF_INET6, SOCK_STREAM, 0);
	other = one < 0 ? -1 : SYS(ANY, bind, one, &v6, sizeof(v6));
	SYS(ANY, close, one);
	if (!other)
		connection(AF_INET6, (struct sockaddr *)&v6, sizeof(v6));
	connection(AF_UNIX, (struct sockaddr *)&named, offsetof(struct sockaddr_un, sun_path) + 7);
	connection(AF_UNIX, (struct sockaddr *)&abstract, offsetof(struct sockaddr_un, sun_path) + 20);
	one = SYS(GOOD, socket, AF_INET, SOCK_DGRAM, 17);
	other = SYS(GOOD, socket, AF_INET, SOCK_DGRAM, 0);
	SYS(0, bind, one, &v4, sizeof(v4));
	SYS(0, getsockname, one, &v4, &length);
	SYS(8, sendto, other, "datagram", 8, 0, &v4, sizeof(v4));
	length = sizeof(from);
	SYS(8, recvfrom, one, buffer, 100, 0, &from, &length);
	SYS(9, sendmsg, other, &message, 0);
	SYS(9, recvmsg, one, &received, 0);
	SYS(0, connect, other, &v4, sizeof(v4));
	SYS(3, write, other, "udp", 3);
	SYS(3, read, one, buffer, 10);
	SYS(0, close, one);
	SYS(0, close, other);
	one = SYS(GOOD, socket, AF_INET, SOCK_STREAM, IPPROTO_TCP);
	nobody.sin_port = htons(1);
	SYS(-ECONNREFUSED, connect, one, &nobody, sizeof(nobody));
	SYS(-ENOTCONN, shutdown, one, SHUT_RDWR);
	SYS(-ENOTCONN, getpeername, one, &from, &length);
	SYS(-EINVAL, accept, one, 0, 0);
	SYS(0, close, one);
	SYS(BAD, socket, AF_INET, 77, 0);
	SYS(-EBADF, listen, 987, 5);
	SYS(0, socketpair, AF_UNIX, SOCK_DGRAM, 0, pair);
	SYS(6, sendto, pair[0], "across", 6, 0, 0, 0);
	SYS(6, read, pair[1], buffer, 10);
	SYS(-EBADF, sendto, 987, "x", 1, 0, 0, 0);
	SYS(-EBADF, recvmsg, 987, &received, 0);
	SYS(0, close, pair[0]);
	SYS(0, close, pair[1]);
	SYS(-EOPNOTSUPP, socketpair, AF_INET, SOCK_STREAM, 0, pair);
}

static void times(void)
{
	struct timespec none = { -1, 0 };
	struct itimerval interval = { { 0, 0 }, { 1000, 0 } };
	struct itimerspec timer = { { 0, 0 }, { 1000, 0 } };
	struct timex adjustment = { .modes = 0 };
	int id = 0;

	SYS(0, nanosleep, &instant, 0);
	SYS(-EINVAL, nanosleep, &none, 0);
	SYS(0, clock_nanosleep, CLOCK_MONOTONIC, 0, &instant, 0);
	SYS(-EINVAL, clock_nanosleep, 77, 0, &instant, 0);
	SYS(0, clock_gettime, CLOCK_BOOTTIME, buffer);
	SYS(0, clock_getres, CLOCK_REALTIME, buffer);
	SYS(-EINVAL, clock_settime, CLOCK_MONOTONIC, &instant);
	SYS(GOOD, clock_adjtime, CLOCK_REALTIME, &adjustment);
	SYS(GOOD, adjtimex, &adjustment);
	SYS(0, gettimeofday, buffer, 0);
	SYS(-EFAULT, settimeofday, FAULT, 0);
	SYS(GOOD, time, 0);
	SYS(GOOD, times, buffer);
	SYS(0, timer_create, CLOCK_MONOTONIC, 0, &id);
	SYS(0, timer_settime, id, 0, &timer, 0);
	SYS(0, timer_gettime, id, buffer);
	SYS(0, timer_getoverrun, id);
	SYS(0, timer_delete, id);
	SYS(-EINVAL, timer_delete, 999);
	SYS(0, setitimer, ITIMER_VIRTUAL, &interval, 0);
	SYS(0, getitimer, ITIMER_VIRTUAL, buffer);
	SYS(0, alarm, 100);
	SYS(100, alarm, 0);
}

static void on_signal(int number)
{
	(void)number;
}

static void signals(void)
{
	uint64_t mask = 1ull << (SIGUSR1 - 1), empty = 0;
	struct { int number, error, code, pad, pid, uid; uint64_t value; char rest[96]; } info = { SIGUSR1, 0, SI_QUEUE, 0, 0, 0, 0, { 0 } };
	pid_t own = SYS(GOOD, getpid), thread = SYS(GOOD, gettid);
	stack_t stack = { 0 };

	signal(SIGUSR1, on_signal);
	SYS(0, rt_sigaction, SIGUSR2, 0, buffer, 8);
	SYS(-EINVAL, rt_sigaction, SIGKILL, buffer, 0, 8);
	SYS(0, kill, own, 0);
	SYS(-ESRCH, kill, 99999999, SIGTERM);
	SYS(0, rt_sigprocmask, SIG_BLOCK, &mask, 0, 8);
	SYS(0, tkill, thread, SIGUSR1);
	SYS(0, rt_sigpending, buffer, 8);
	SYS(SIGUSR1, rt_sigtimedwait, &mask, buffer, &instant, 8);
	SYS(-EAGAIN, rt_sigtimedwait, &mask, 0, &instant, 8);
	SYS(0, tgkill, own, thread, SIGUSR1);
	SYS(-EINTR, rt_sigsuspend, &empty, 8);
	info.pid = own;
	SYS(0, rt_sigqueueinfo, own, SIGUSR1, &info);
	SYS(0, rt_tgsigqueueinfo, own, thread, SIGUSR1, &info);
	SYS(0, rt_sigprocmask, SIG_UNBLOCK, &mask, 0, 8);
	SYS(-EINVAL, rt_sigprocmask, 77, &mask, 0, 8);
	SYS(0, sigaltstack, 0, &stack);
	SYS(0, kill, own, SIGUSR1);
	SYS(-EINTR, restart_syscall);
	signal(SIGUSR1, SIG_DFL);
}

static void identities(void)
{
	struct { uint32_t version; int pid; } header = { 0x20080522, 0 };
	uint32_t capabilities[6], ids[3];

	SYS(0, getuid);
	SYS(0, geteuid);
	SYS(0, getgid);
	SYS(0, getegid);
	SYS(0, getresuid, ids, ids + 1, ids + 2);
	SYS(0, getresgid, ids, ids + 1, ids + 2);
	SYS(GOOD, getgroups, 0, 0);
	SYS(0, capget, &header, capabilities);
	SYS(0, capset, &header, capabilities);
	SYS(0, setgroups, 2, ((uint32_t[]){ 10, 20 }));
	SYS(2, getgroups, 2, ids);
	SYS(0, setfsuid, 0);
	SYS(0, setfsgid, 0);
	SYS(0, setresgid, -1, 77, -1);
	SYS(0, getresgid, ids, ids + 1, ids + 2);
	SYS(0, setregid, -1, 0);
	SYS(0, setgid, 0);
	SYS(0, setreuid, -1, -1);
	SYS(0, setresuid, 1000, 1000, 0);
	SYS(0, getresuid, ids, ids + 1, ids + 2);
	SYS(0, setuid, 1000);
	SYS(0, setresuid, -1, -1, 1000);
	SYS(-EPERM, setresuid, 0, 0, 0);
	SYS(-EPERM, setgroups, 0, 0);
	SYS(-EPERM, chroot, ".");
	SYS(-EACCES, open, "/proc/1/mem", O_RDONLY);
}

static void processes(void)
{
	struct rlimit limit = { 512, 1024 }, before;
	struct { uint64_t cpus; } set = { 1 };
	struct { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t times[3]; } attributes = { .size = 48 };
	struct landlock_ruleset_attr rules = { .handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE };
	pid_t own = SYS(GOOD, getpid);
	int fd, copy;

	SYS(GOOD, getppid);
	SYS(GOOD, getpgrp);
	SYS(GOOD, getpgid, 0);
	SYS(GOOD, getsid, 0);
	SYS(-ESRCH, getsid, 99999999);
	SYS(0, setpgid, 0, 0);
	SYS(-EPERM, setsid);
	SYS(GOOD, getpriority, PRIO_PROCESS, 0);
	SYS(0, setpriority, PRIO_PROCESS, 0, 3);
	SYS(-EINVAL, setpriority, 77, 0, 3);
	SYS(0, getrlimit, RLIMIT_NOFILE, &before);
	SYS(0, setrlimit, RLIMIT_CORE, &limit);
	SYS(-EINVAL, setrlimit, 77, &limit);
	SYS(0, prlimit64, 0, RLIMIT_CORE, &((struct rlimit){ 256, 1024 }), &limit);
	SYS(0, prlimit64, own, RLIMIT_STACK, 0, &limit);
	SYS(-ESRCH, prlimit64, 99999999, RLIMIT_CORE, 0, &limit);
	SYS(0, getrusage, RUSAGE_SELF, buffer);
	SYS(0, sched_yield);
	SYS(0, sched_getscheduler, 0);
	SYS(0, sched_setscheduler, 0, SCHED_OTHER, &(int){ 0 });
	SYS(0, sched_getparam, 0, buffer);
	SYS(0, sched_setparam, 0, &(int){ 0 });
	SYS(99, sched_get_priority_max, SCHED_FIFO);
	SYS(1, sched_get_priority_min, SCHED_FIFO);
	SYS(0, sched_rr_get_interval, 0, buffer);
	SYS(GOOD, sched_getaffinity, 0, 128, buffer);
	SYS(0, sched_setaffinity, 0, 8, &set);
	SYS(0, sched_getattr, 0, &attributes, 48, 0);
	SYS(0, sched_setattr, 0, &attributes, 0);
	SYS(0, getcpu, buffer, buffer + 8, 0);
	SYS(GOOD, ioprio_get, 1, 0);
	SYS(0, ioprio_set, 1, 0, 2 << 13 | 4);
	SYS(0, prctl, PR_SET_NAME, "conformance", 0, 0, 0);
	SYS(0, prctl, PR_GET_NAME, buffer, 0, 0, 0);
	SYS(-EINVAL, prctl, 7777, 0, 0, 0, 0);
	SYS(ANY, arch_prctl, 0x1003, buffer);
	SYS(GOOD, personality, 0xffffffff);
	SYS(own, set_tid_address, buffer);
	SYS(0, set_robust_list, buffer, 24);
	SYS(0, get_robust_list, 0, buffer, buffer + 8);
	SYS(BAD, rseq, FAULT, 32, 0, 1);
	SYS(ANY, modify_ldt, 99, 0, 0); /* its error has 32 bits */
	SYS(BAD, set_thread_area, FAULT);
	SYS(BAD, get_thread_area, FAULT);
	SYS(-EINVAL, iopl, 99);
	SYS(-EINVAL, ioperm, 99999, 9, 1);
	SYS(-ESRCH, ptrace, PTRACE_ATTACH, 99999999, 0, 0);
	SYS(ANY, kcmp, own, own, 2, 0, 0);
	SYS(0, seccomp, 2, 0, &(uint32_t){ 0x7fff0000 });
	SYS(BAD, seccomp, 99, 0, 0);
	fd = SYS(GOOD, pidfd_open, own, 0);
	SYS(0, pidfd_send_signal, fd, 0, 0, 0);
	copy = SYS(GOOD, pidfd_getfd, fd, 0, 0);
	SYS(0, close, copy);
	SYS(-EBADF, pidfd_getfd, fd, 987, 0);
	SYS(-ESRCH, pidfd_open, 4000000, 0);
	SYS(0, close, fd);
	SYS(5, process_vm_readv, own, &((struct iovec){ buffer, 5 }), 1, &((struct iovec){ "other", 5 }), 1, 0);
	SYS(3, process_vm_writev, own, &((struct iovec){ "put", 3 }), 1, &((struct iovec){ buffer, 3 }), 1, 0);
	fd = SYS(ANY, landlock_create_ruleset, &rules, sizeof(rules), 0);
	SYS(BAD, landlock_add_rule, fd, 99, buffer, 0);
	SYS(BAD, landlock_restrict_self, 987, 0);
	SYS(ANY, close, fd);
	NEW(lsm_get_self_attr, 100, buffer, &(uint32_t){ 1000 }, 0);
	NEW(lsm_set_self_attr, 100, buffer, 32, 99);
	NEW(lsm_list_modules, buffer, &(uint32_t){ 1000 }, 0);
	NEW(listns, ((uint64_t[]){ 16, 0 }), buffer, 1, 0);
}

static void futexes(void)
{
	struct futex_waitv waiter = { .val = 1, .uaddr = (uintptr_t)buffer, .flags = 2 };
	uint32_t *word = (uint32_t *)buffer;

	*word = 5;
	SYS(0, futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, 0, 0, 0);
	SYS(-EAGAIN, futex, word, FUTEX_WAIT, 6, 0, 0, 0);
	SYS(-ETIMEDOUT, futex, word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 5, &instant, 0, 0);
	SYS(-EAGAIN, futex, word, FUTEX_CMP_REQUEUE, 1, 1, word + 1, 7);
	SYS(-EAGAIN, futex_waitv, &waiter, 1, 0, 0, 0);
	NEW(futex_wake, word, 1, 1, 2);
	NEW(futex_wait, word, 6, 1, 2, 0, CLOCK_MONOTONIC);
	NEW(futex_requeue, buffer, 1, 1, 1);
}

/* What a child does, and how it ends; the parent waits for it. */
static void in_child(long made_by, void (*body)(void), int status)
{
	if (made_by == 0) {
		body();
		fflush(stdout);
		SYS(0, exit_group, faults ? 99 : status);
	}
	if (made_by > 0) {
		int how = 0;

		SYS(made_by, wait4, made_by, &how, 0, buffer);
		if (WEXITSTATUS(how) != status) {
			printf("a child ended with %#x\n", how);
			faults++;
		}
	}
}

static void nothing(void)
{
}

static void apart(void)
{
	int fd;

	SYS(0, unshare, CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET);
	SYS(0, sethostname, "apart", 5);
	SYS(0, setdomainname, "apart", 5);
	SYS(-EINVAL, unshare, 0x1);
	fd = SYS(GOOD, open, "/proc/self/ns/uts", O_RDONLY);
	SYS(0, setns, fd, CLONE_NEWUTS);
	SYS(-EBADF, setns, 987, 0);
	SYS(0, close, fd);
	SYS(GOOD, setsid);
	SYS(0, chroot, "directory");
	SYS(0, chdir, "/");
	SYS(-ENOENT, open, "/data", O_RDONLY);
}

static void programs(void)
{
	char *arguments[] = { "as-called", "with", "two words", "", NULL }, *environment[] = { "NAME=value", "EMPTY=", NULL };

	SYS(-ENOENT, execve, "no such program", arguments, environment);
	SYS(-EACCES, execve, "data", arguments, environment);
	SYS(-ENOENT, execveat, AT_FDCWD, "none", arguments, environment, AT_SYMLINK_NOFOLLOW);
	SYS(GOOD, execve, "./program", arguments, environment);
}

static void programs_at(void)
{
	char *arguments[] = { "called-at", NULL }, *environment[] = { NULL };
	int fd = open("/bin", O_RDONLY | O_DIRECTORY);

	SYS(GOOD, execveat, fd, "true", arguments, environment, 0);
}

static void waitid_child(void)
{
	SYS(0, exit, 7);
}

static void children(void)
{
	struct clone_args arguments = { .exit_signal = SIGCHLD };
	siginfo_t info;
	long child;

	SYS(-ECHILD, wait4, -1, 0, WNOHANG, 0);
	in_child(SYS(GOOD, fork), identities, 3);
	in_child(SYS(GOOD, clone, SIGCHLD, 0, 0, 0, 0), apart, 4);
	in_child(SYS(GOOD, clone3, &arguments, sizeof(arguments)), nothing, 5);
	SYS(-EINVAL, clone3, &arguments, 3);
	SYS(-EINVAL, clone, CLONE_THREAD, 0, 0, 0, 0);
	child = SYS(GOOD, fork);
	if (!child)
		waitid_child();
	SYS(0, waitid, P_PID, child, &info, WEXITED, 0);
	SYS(-ECHILD, waitid, P_PID, child, &info, WEXITED, 0);
	if (!symlink("/bin/true", "program"))
		in_child(SYS(GOOD, fork), programs, 0);
	in_child(SYS(GOOD, fork), programs_at, 0);
	child = vfork();
	if (!child)
		_exit(0);
	SYS(child, wait4, child, 0, 0, 0);
	child = SYS(GOOD, fork);
	if (!child)
		SYS(GOOD, pause);
	SYS(0, kill, child, SIGKILL);
	SYS(child, wait4, child, 0, 0, 0);
}

/* What glibc's vfork did. */
static void tidy(void)
{
	static const char *const rest[] = { "data", "how", "symbolic", "fifo", "socket", "program", "directory/moved",
					    "directory/linked", "directory/symbolic", "directory/fifo" };

	for (size_t i = 0; i < sizeof(rest) / sizeof(*rest); i++)
		unlink(rest[i]);
	rmdir("directory");
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	files();
	names();
	system_files();
	memory();
	system_v();
	posix_queues();
	pipes();
	waits();
	completion();
	sockets();
	times();
	signals();
	futexes();
	fflush(stdout);
	children();
	processes();
	tidy();
	printf("%u kinds, %u not as expected\n", kinds, faults);
	return faults != 0;
}
