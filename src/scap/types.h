/* Types of events and their parameters, as .scap files have them. The tables are made from events.tsv, flags.tsv
 * and syscall_ids.tsv beside this file by make_tables. */
#ifndef SCAP_TYPES_H
#define SCAP_TYPES_H

#include <endian.h>
#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <string.h>

/* How a parameter's value is encoded (all little endian, unaligned). A length of 0 means "no value" for any. */
enum scap_encoding {
	SCAP_NONE,
	SCAP_INT8, SCAP_INT16, SCAP_INT32, SCAP_INT64,
	SCAP_UINT8, SCAP_UINT16, SCAP_UINT32, SCAP_UINT64,
	SCAP_ERRNO,              /* i64: result, or -errno */
	SCAP_FD,                 /* i64: descriptor, -errno, or -100: AT_FDCWD */
	SCAP_FD32, SCAP_PID32,   /* i32; newer files */
	SCAP_PID,                /* i64 */
	SCAP_UID, SCAP_GID,      /* u32, all ones: none */
	SCAP_SYSCALLID,          /* u16: scap_syscall() */
	SCAP_SIGTYPE,            /* u8 */
	SCAP_SIGSET,             /* u32 */
	SCAP_BOOL,               /* u32 */
	SCAP_RELTIME,            /* u64 ns */
	SCAP_ABSTIME,            /* u64 ns since the epoch */
	SCAP_FLAGS8, SCAP_FLAGS16, SCAP_FLAGS32,
	SCAP_ENUMFLAGS8, SCAP_ENUMFLAGS16, SCAP_ENUMFLAGS32, /* one value, not bits */
	SCAP_MODE,               /* u32 */
	SCAP_PORT,               /* u16, host order */
	SCAP_L4PROTO, SCAP_SOCKFAMILY, /* u8 */
	SCAP_DOUBLE,
	SCAP_IPV4ADDR, SCAP_IPV6ADDR,
	SCAP_CHARBUF,            /* bytes and a NUL, which the length counts */
	SCAP_FSPATH, SCAP_FSRELPATH, /* likewise */
	SCAP_BYTEBUF,
	SCAP_FDLIST,             /* u16 n, then n times (i64 fd, u16 poll flags) */
	SCAP_SOCKADDR,
	SCAP_SOCKTUPLE,
	SCAP_DYN,                /* u8 variant, then its value: scap_variant() */
	SCAP_POINTER,            /* never from a file: not to be read */
	SCAP_ENCODINGS,
};

enum scap_print {
	SCAP_PRINT_NA, SCAP_PRINT_DEC, SCAP_PRINT_HEX, SCAP_PRINT_OCT, SCAP_PRINT_ID, SCAP_PRINT_DIR,
	SCAP_PRINT_PADDED_DEC,
};

enum scap_category {
	SCAP_UNKNOWN, SCAP_OTHER, SCAP_FILE, SCAP_NET, SCAP_IPC, SCAP_WAIT, SCAP_SIGNAL, SCAP_SLEEP, SCAP_TIME,
	SCAP_PROCESS, SCAP_SCHEDULER, SCAP_MEMORY, SCAP_USER, SCAP_SYSTEM, SCAP_IO_READ, SCAP_IO_WRITE,
	SCAP_IO_OTHER, SCAP_INTERNAL,
	SCAP_CATEGORIES,
};

enum scap_type_flag {
	SCAP_CREATES_FD = 1,
	SCAP_DESTROYS_FD = 2,
	SCAP_USES_FD = 4,        /* of an enter: parameter 0 is the descriptor */
	SCAP_READS_FROM_FD = 8,
	SCAP_WRITES_TO_FD = 16,
	SCAP_MODIFIES_STATE = 32,
	SCAP_UNUSED = 64,        /* a hole in the numbering */
	SCAP_WAITS = 128,
	SCAP_SKIPPARSERESET = 256, /* does not disturb the pairing of enter and exit of its thread */
	SCAP_OLD_VERSION = 512,  /* superseded by a later number with the same name */
	SCAP_DROP_SIMPLE = 1024,
	SCAP_LARGE_PAYLOAD = 2048, /* lengths of parameters have 32 bits */
	SCAP_NEWER = 4096,       /* a type that sysdig 0.29.3 does not know */
};

/* Flag or value with a name. */
struct scap_name {
	const char *name;        /* NULL ends a list */
	uint32_t value;
	bool later;              /* sysdig 0.29.3 does not know it */
};

struct scap_param {
	const char *name;
	uint8_t encoding;        /* enum scap_encoding */
	uint8_t print;           /* enum scap_print */
	int8_t dirfd;            /* SCAP_FSRELPATH: the path is relative to this parameter; else -1 */
	uint8_t name_size;
	const struct scap_name *names; /* of flags; NULL none. In the order of flags.tsv */
	const char *dyn;         /* SCAP_DYN: name of the variants; else NULL */
};

struct scap_type {
	const char *id;          /* our handle, such as SYSCALL_OPEN_X; NULL: no such type */
	const char *name;        /* as evt.type prints it */
	uint8_t category;        /* enum scap_category */
	uint8_t nparams;         /* as sysdig 0.29.3 knows them (of newer types: all) */
	uint8_t nparams_latest;  /* of params, as the newest libraries write them; at least nparams */
	uint8_t name_size;
	uint16_t flags;          /* enum scap_type_flag */
	const struct scap_param *params;
};

/* Enter events have even numbers, their exits the number after. */
static inline bool scap_is_exit(unsigned type)
{
	return type & 1;
}

/* Numbers of types: SCAP_TYPE_<id> for each row of events.tsv, and SCAP_TYPES, one more than the largest. */
#include "scap/type_numbers.h"

extern const struct scap_type scap_types[SCAP_TYPES];

/* The type, or NULL for a number that no table knows (holes included). */
static inline const struct scap_type *scap_type(unsigned number)
{
	return number < SCAP_TYPES && scap_types[number].id && !(scap_types[number].flags & SCAP_UNUSED) ?
		       &scap_types[number] : NULL;
}

/* First type of this name (an enter), or -1. */
int scap_type_number(const char *name);

struct scap_syscall {
	const char *name;
	uint8_t category;        /* enum scap_category */
};
/* The system call of a generic event; those beyond the table are the first: "<unknown>". */
const struct scap_syscall *scap_syscall(unsigned id);
/* Its id, or -1. */
int scap_syscall_id(const char *name);
/* A list of flags.tsv by name ("file_flags"), or NULL. */
const struct scap_name *scap_names(const char *table);
/* The variant of a SCAP_DYN parameter: its encoding, or SCAP_NONE. */
enum scap_encoding scap_variant(const char *dyn, unsigned variant);
/* As evt.category prints it: "file", "io_read"... */
const char *scap_category_name(enum scap_category category);

/* A little-endian number of `size` bytes (0 to 8), unsigned. */
static inline uint64_t scap_uint(const void *bytes, size_t size)
{
	const uint8_t *b = bytes;
	uint64_t u = 0;
	uint32_t u32;
	uint16_t u16;

	switch (size) {
	case 1:
		return *b;
	case 2:
		memcpy(&u16, b, sizeof(u16));
		return le16toh(u16);
	case 4:
		memcpy(&u32, b, sizeof(u32));
		return le32toh(u32);
	default:
		for (size_t i = size < 8 ? size : 8; i--;)
			u = u << 8 | b[i];
		return u;
	case 8:
		memcpy(&u, b, sizeof(u));
		return le64toh(u);
	}
}
/* The same, signed. */
static inline int64_t scap_int(const void *bytes, size_t size)
{
	unsigned shift = size < 8 ? 64 - 8 * (unsigned)size : 0;

	return size ? (int64_t)(scap_uint(bytes, size) << shift) >> shift : 0;
}

#endif
