/* What service managers are told. The protocol: sd_notify(3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/notify.h"

static void expect_heard(const char *name, const struct sockaddr_un *address, socklen_t length)
{
	char heard[64];
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ssize_t size;

	assert_int_equal(bind(fd, (const struct sockaddr *)address, length), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	assert_int_equal(notify_send("READY=1"), 0);
	size = recv(fd, heard, sizeof(heard), MSG_DONTWAIT);
	assert_int_equal(size, 7);
	assert_memory_equal(heard, "READY=1", 7);
	close(fd);
}

static void managers_are_told(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char directory[] = "/tmp/notify_test.XXXXXX", name[sizeof(address.sun_path)];

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(name, sizeof(name), "%s/socket", directory);
	memcpy(address.sun_path, name, sizeof(name));
	expect_heard(name, &address, sizeof(address));
	assert_int_equal(notify_send("READY=1"), -111); /* ECONNREFUSED: nobody listens any more */
	unlink(name);
	rmdir(directory);
	snprintf(name, sizeof(name), "@notify_test.%d", (int)getpid());
	memcpy(address.sun_path, name, sizeof(name));
	address.sun_path[0] = '\0';
	expect_heard(name, &address, offsetof(struct sockaddr_un, sun_path) + strlen(name));
}

static void without_a_manager_nothing_is_said(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(notify_send("READY=1"), 0);
	setenv("NOTIFY_SOCKET", "", 1);
	assert_int_equal(notify_send("READY=1"), 0);
	setenv("NOTIFY_SOCKET", "vsock:2:1", 1); /* another transport */
	assert_int_equal(notify_send("READY=1"), -22);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(managers_are_told),
		cmocka_unit_test(without_a_manager_nothing_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
