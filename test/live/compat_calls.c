/* A program that makes 32-bit system calls, as 32-bit programs do, from 64-bit code: no 32-bit library is needed. In between
 * it makes 64-bit ones, so that both can be told apart. Prints the results, a line each: name and what the call returned.
 * Exit status 77: this kernel has no 32-bit calls. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Numbers of i386. */
enum {
	I386_READ = 3, I386_WRITE = 4, I386_OPEN = 5, I386_CLOSE = 6, I386_GETPID = 20, I386_MMAP = 90, I386_SOCKETCALL = 102,
	I386_STAT64 = 195, I386_GETUID32 = 199, I386_CLOCK_GETTIME64 = 403, I386_UNKNOWN = 285, I386_EXIT_GROUP = 252,
};

static long call32(long number, long a, long b, long c, long d, long e)
{
	long result;

	asm volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory", "r8", "r9",
		     "r10", "r11");
	return (int)result;
}

int main(void)
{
	/* where pointers of 32 bits reach */
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long fd, null;

	if (low == MAP_FAILED || call32(I386_GETPID, 0, 0, 0, 0, 0) != getpid())
		return 77;
	strcpy(low, "/dev/null");
	strcpy(low + 16, ">::i386-span::");
	strcpy(low + 32, "<::i386-span::");
	null = call32(I386_OPEN, (long)low, O_WRONLY, 0, 0, 0);
	call32(I386_WRITE, null, (long)low + 16, strlen(low + 16), 0, 0);
	printf("getuid32 %ld\n", call32(I386_GETUID32, 0, 0, 0, 0, 0));
	strcpy(low, "/etc/passwd");
	fd = call32(I386_OPEN, (long)low, O_RDONLY, 0, 0, 0);
	printf("open %ld\n", fd);
	printf("read %ld\n", call32(I386_READ, fd, (long)low + 512, 100, 0, 0));
	printf("stat64 %ld\n", call32(I386_STAT64, (long)low, (long)low + 1024, 0, 0, 0));
	printf("close %ld\n", call32(I386_CLOSE, fd, 0, 0, 0, 0));
	printf("close %ld\n", call32(I386_CLOSE, 12345, 0, 0, 0, 0));
	printf("clock_gettime64 %ld\n", call32(I386_CLOCK_GETTIME64, 1, (long)low + 1024, 0, 0, 0));
	printf("socketcall %ld\n", call32(I386_SOCKETCALL, 99, (long)low, 0, 0, 0));
	printf("syscall32_285 %ld\n", call32(I386_UNKNOWN, 1, 2, 3, 4, 5));
	printf("getppid64 %ld\n", syscall(SYS_getppid));
	call32(I386_WRITE, null, (long)low + 32, strlen(low + 32), 0, 0);
	fflush(stdout);
	call32(I386_EXIT_GROUP, 7, 0, 0, 0, 0);
	return 1;
}
