/* Payload: what a call's row says to copy from the process, as items behind the record in this CPU's scratch. */
#ifndef PROBE_PAYLOAD_H
#define PROBE_PAYLOAD_H

#include "shared.h"
#include "usage.h"

struct payload {
	__u32 size;
	__u32 items;
	__u32 flags;
	__u32 pair;            /* the call made two descriptors, this one first */
	__s32 first_of_pair;
};

static __always_inline __u32 add_bytes(struct scratch *s, struct payload *p, __u32 kind, __u32 arg, __u64 address,
				       __u64 full_size, __u32 limit)
{
	__u32 at = p->size & (PAYLOAD_MAX - 1);
	__u64 size = full_size;
	struct record_item *item;

	if (at > PAYLOAD_LAST)
		return 0;
	if (size > limit)
		size = limit;
	if (size > RECORD_BUFFER_MAX - 8) /* for the verifier: at + 8 + size stays below PAYLOAD_MAX */
		size = RECORD_BUFFER_MAX - 8;
	item = (struct record_item *)(s->payload + at);
	if (size && bpf_probe_read_user(s->payload + at + sizeof(*item), size, (void *)address))
		return 0;
	item->kind = kind;
	item->arg = arg;
	item->size = size;
	item->full_size = full_size;
	if (size < full_size)
		p->flags |= RECORD_CALL_CUT;
	p->size = at + ((sizeof(*item) + size + 7) & ~7u);
	p->items++;
	return size;
}

/* Copies a string of the thread's: bytes with the NUL, negative if it cannot be read. Kernels before 6.14 say 0 of an empty one. */
static __always_inline long read_string(void *to, __u32 size, __u64 address)
{
	long read = bpf_probe_read_user_str(to, size, (void *)address);

	return read ? read : 1;
}

static __always_inline void add_path(struct scratch *s, struct payload *p, __u32 arg, __u64 address)
{
	__u32 at = p->size & (PAYLOAD_MAX - 1);
	struct record_item *item;
	long size;

	if (at > PAYLOAD_LAST)
		return;
	item = (struct record_item *)(s->payload + at);
	size = read_string(s->payload + at + sizeof(*item), RECORD_PATH_MAX - 8, address);
	if (size <= 0 || size > RECORD_PATH_MAX)
		return;
	item->kind = RECORD_ITEM_PATH;
	item->arg = arg;
	item->size = size - 1;
	item->full_size = size - 1;
	p->size = at + ((sizeof(*item) + size + 6) & ~7u);
	p->items++;
}

struct vector {
	__u32 kind, arg;
	__u64 address, count;
	__u64 most;            /* bytes that were filled, or all ones: all that they have room for, which the item then tells */
};

/* The first vectors of an array, joined, up to the snap length. A global function, as is add_strings: what has loops the
 * verifier would look at anew in each of the states that may lead there. */
__noinline int add_vector(struct scratch *s, struct payload *p, struct vector *v)
{
	/* 64 bits: the verifier does not see bounds through conversions */
	__u64 filled = 0, limit = snap_length, full_size = 0, count, most;
	struct record_item *item;
	__u32 at, kind;

	if (!s || !p || !v)
		return 0;
	at = p->size & (PAYLOAD_MAX - 1);
	kind = v->kind;
	count = v->count;
	most = v->most;
	if (at > PAYLOAD_LAST)
		return 0;
	if (count > VECTORS_MAX)
		count = VECTORS_MAX;
	if (!count || bpf_probe_read_user(s->vectors, count * sizeof(struct user_vector), (void *)v->address))
		return 0;
	for (int i = 0; i < VECTORS_MAX; i++) {
		if (i >= count)
			break;
		full_size += s->vectors[i].size;
	}
	if (kind == RECORD_ITEM_VECTOR_OUT || kind == RECORD_ITEM_MESSAGE_OUT)
		full_size = most;
	if (most < limit)
		limit = most;
	if (full_size < limit)
		limit = full_size;
	for (int i = 0; i < VECTORS_MAX; i++) {
		__u64 size, room = limit - filled;

		asm volatile("" : "+r"(filled)); /* or the compiler forgets what the verifier must see */
		if (i >= count || filled >= limit || filled > RECORD_BUFFER_MAX / 2)
			break;
		asm volatile("" : "+r"(filled));
		filled &= RECORD_BUFFER_MAX - 1; /* the verifier wants to see it */
		size = s->vectors[i].size;
		if (size > room)
			size = room;
		if (size > RECORD_BUFFER_MAX / 2 - 8)
			size = RECORD_BUFFER_MAX / 2 - 8;
		if (size && bpf_probe_read_user(s->payload + at + sizeof(*item) + filled, size, (void *)s->vectors[i].base))
			break;
		filled += size;
	}
	item = (struct record_item *)(s->payload + at);
	item->kind = kind;
	item->arg = v->arg;
	item->size = filled;
	item->full_size = full_size;
	if (filled < full_size && filled < most)
		p->flags |= RECORD_CALL_CUT;
	p->size = at + ((sizeof(*item) + filled + 7) & ~7u);
	p->items++;
	return 0;
}

/* struct msghdr of user space, and what struct mmsghdr has behind it */
struct user_message {
	__u64 name;
	__u32 name_size, pad;
	__u64 vector, vectors;
	__u64 control, control_size;
	__u32 flags, pad_behind;
	__u32 length, pad_last;
};

/* The buffers of a message and then its address. unit 1: the first of several, which tell their sizes themselves. */
static __always_inline void add_message(struct scratch *s, struct payload *p, __u32 kind, __u32 arg, __u32 unit, __u64 address,
					__s64 result)
{
	struct user_message message = {};
	struct vector v;
	__u64 most = result < 0 ? ~0ull : result;
	__u32 size = unit ? sizeof(message) : sizeof(message) - 8;

	if (kind == RECORD_ITEM_MESSAGE_OUT && result < 0)
		return;
	if (bpf_probe_read_user(&message, size, (void *)address))
		return;
	if (unit && result >= 0)
		most = result ? message.length : 0;
	v = (struct vector){ kind, arg, message.vector, message.vectors, most };
	add_vector(s, p, &v);
	if (message.name && message.name_size)
		add_bytes(s, p, kind == RECORD_ITEM_MESSAGE_OUT ? RECORD_ITEM_ADDRESS_OUT : RECORD_ITEM_ADDRESS_IN,
			  RECORD_MESSAGE_NAME_ARG, message.name, message.name_size & 0xffff, 128);
	if (kind == RECORD_ITEM_MESSAGE_OUT && message.control && message.control_size && message.control_size < 0x10000)
		add_bytes(s, p, RECORD_ITEM_CONTROL_OUT, RECORD_NO_ARG, message.control, message.control_size, RECORD_ARRAY_MAX);
}

#define STRINGS_MAX 16           /* arguments of a program that are looked at, and how many bytes of them */
#define STRINGS_BYTES 1024
#define STRING_MAX 256

/* The arguments of a program that was not started. */
__noinline int add_strings(struct scratch *s, struct payload *p, __u32 kind, __u32 arg, __u64 address)
{
	struct record_item *item;
	__u64 filled = 0, string;
	__u32 at;

	if (!s || !p)
		return 0;
	at = p->size & (PAYLOAD_MAX - 1);
	if (at > PAYLOAD_LAST)
		return 0;
	for (int i = 0; i < STRINGS_MAX; i++) {
		long size;

		asm volatile("" : "+r"(filled));
		if (filled > STRINGS_BYTES - STRING_MAX)
			break;
		asm volatile("" : "+r"(filled));
		filled &= STRINGS_BYTES - 1;
		if (bpf_probe_read_user(&string, sizeof(string), (void *)(address + i * sizeof(string))) || !string)
			break;
		size = read_string(s->payload + at + sizeof(*item) + filled, STRING_MAX, string);
		if (size <= 0 || size > STRING_MAX)
			break;
		filled += size;
	}
	if (!filled)
		return 0;
	filled &= 2 * STRINGS_BYTES - 1;
	item = (struct record_item *)(s->payload + at);
	item->kind = kind;
	item->arg = arg;
	item->size = filled;
	item->full_size = filled;
	p->size = at + ((sizeof(*item) + filled + 7) & ~7u);
	p->items++;
	return 0;
}

/* What the thread left when it entered; where that was not seen, what is there now. */
static __always_inline void add_kept(struct scratch *s, struct payload *p, __u32 arg, __u64 address)
{
	__u32 thread = s->record.header.tid, at = p->size & (PAYLOAD_MAX - 1);
	struct record_kept *value = bpf_map_lookup_elem(&kept, &thread);
	struct record_item *item;

	if (!value) {
		add_bytes(s, p, RECORD_ITEM_FIXED_IN, arg, address, sizeof(*value), RECORD_ARRAY_MAX);
		return;
	}
	if (at <= PAYLOAD_LAST) {
		item = (struct record_item *)(s->payload + at);
		item->kind = RECORD_ITEM_FIXED_IN;
		item->arg = arg;
		item->size = sizeof(*value);
		item->full_size = sizeof(*value);
		*(struct record_kept *)(item + 1) = *value;
		p->size = at + sizeof(*item) + sizeof(*value);
		p->items++;
	}
	bpf_map_delete_elem(&kept, &thread);
}

/* The path that execve was given, as the thread left it when it entered. */
static __always_inline void add_program(struct scratch *s, struct payload *p, __u32 arg)
{
	__u32 thread = s->record.header.tid, at = p->size & (PAYLOAD_MAX - 1);
	struct record_program *program = bpf_map_lookup_elem(&programs, &thread);
	struct record_item *item;
	long size;

	if (!program || at > PAYLOAD_LAST)
		return;
	for (int i = 0; i < 5; i++)
		s->record.args[i] = program->args[i];
	item = (struct record_item *)(s->payload + at);
	size = bpf_probe_read_kernel_str(s->payload + at + sizeof(*item), sizeof(program->path), program->path);
	if (size <= 0 || size > sizeof(program->path))
		return;
	item->kind = RECORD_ITEM_PATH;
	item->arg = arg;
	item->size = size - 1;
	item->full_size = size - 1;
	p->size = at + ((sizeof(*item) + size + 6) & ~7u);
	p->items++;
}

static __always_inline __u64 call_arg(const struct record_call *record, __u32 arg)
{
	return record->args[arg < 6 ? arg : 5];
}

/* What the thread's memory is now. */
static __always_inline void add_memory_item(struct scratch *s, struct payload *p)
{
	__u32 at = p->size & (PAYLOAD_MAX - 1);
	struct task_struct *task = current_task();
	struct mm_struct *mm = task->mm;
	struct record_memory *memory;
	struct record_item *item;

	if (at > PAYLOAD_LAST || !mm)
		return;
	item = (struct record_item *)(s->payload + at);
	memory = (struct record_memory *)(item + 1);
	item->kind = RECORD_ITEM_MEMORY;
	item->arg = RECORD_NO_ARG;
	item->size = sizeof(*memory);
	item->full_size = sizeof(*memory);
	memory->size = get(mm, total_vm);
	memory->resident = pages_of(mm, FILE_PAGES) + pages_of(mm, ANONYMOUS_PAGES) + pages_of(mm, SHARED_PAGES);
	memory->swapped = pages_of(mm, SWAPPED_PAGES);
	memory->major_faults = task->maj_flt;
	memory->minor_faults = task->min_flt;
	p->size = at + sizeof(*item) + sizeof(*memory);
	p->items++;
}

static __always_inline struct sock *sock_of(struct file *file)
{
	struct socket *socket = have_cast ? cast(get(file, private_data), struct socket) : get(file, private_data);

	return get(socket, sk);
}

/* How many wait at the listening socket that the argument is. */
static __always_inline void add_queue(struct scratch *s, struct payload *p, __u32 arg)
{
	__u32 at = p->size & (PAYLOAD_MAX - 1), fd = s->record.args[arg < 6 ? arg : 5];
	struct file *file = file_of(current_task(), fd);
	struct record_queue *queue;
	struct record_item *item;
	struct inode *inode;
	struct sock *sk;

	if (at > PAYLOAD_LAST || !file)
		return;
	inode = get(file, f_inode);
	if ((get(inode, i_mode) & S_IFMT) != S_IFSOCK)
		return;
	sk = sock_of(file);
	if (!sk)
		return;
	item = (struct record_item *)(s->payload + at);
	queue = (struct record_queue *)(item + 1);
	item->kind = RECORD_ITEM_QUEUE;
	item->arg = RECORD_NO_ARG;
	item->size = sizeof(*queue);
	item->full_size = sizeof(*queue);
	queue->length = get(sk, sk_ack_backlog);
	queue->most = get(sk, sk_max_ack_backlog);
	p->size = at + sizeof(*item) + sizeof(*queue);
	p->items++;
}

/* What few calls have: apart, so that the others do not pay for it. */
__noinline int add_other(struct scratch *s, struct payload *p, __u32 call, __u32 i)
{
	const volatile struct record_payload_row *row;
	__u32 kind, arg, unit;
	__u64 address, size;
	struct vector v;
	__s64 result;

	if (!s || !p)
		return 0;
	i &= 3;
	asm volatile("" : "+r"(i)); /* or the compiler forgets what the verifier must see */
	row = &row_of(call)->payload[i];
	kind = row->kind;
	arg = row->arg;
	unit = row->unit;
	result = s->record.result;
	address = call_arg(&s->record, arg);
	/* of a new program what matters lies elsewhere */
	if (!address && kind != RECORD_ITEM_COMMAND && kind != RECORD_ITEM_PROGRAM && kind != RECORD_ITEM_ENVIRONMENT &&
	    kind != RECORD_ITEM_MEMORY && kind != RECORD_ITEM_QUEUE)
		return 0;
	switch (kind) {
	case RECORD_ITEM_VECTOR_OUT:
		if (result < 0)
			break;
		/* fall through */
	case RECORD_ITEM_VECTOR_IN:
		v = (struct vector){ kind, arg, address, call_arg(&s->record, row->length_arg), result < 0 ? ~0ull : result };
		add_vector(s, p, &v);
		break;
	case RECORD_ITEM_MESSAGE_IN:
	case RECORD_ITEM_MESSAGE_OUT:
		add_message(s, p, kind, arg, unit, address, result);
		break;
	case RECORD_ITEM_PAIR:
		if (result == 0) {
			__s32 first = -1;

			p->pair = add_bytes(s, p, kind, arg, address, 8, 8) == 8 &&
				  !bpf_probe_read_user(&first, sizeof(first), (void *)address);
			p->first_of_pair = first;
		}
		break;
	case RECORD_ITEM_FIXED_OUT:
		if (result < 0)
			break;
		/* fall through */
	case RECORD_ITEM_FIXED_IN:
		size = unit;
		goto small;
	case RECORD_ITEM_ARRAY_IN:
		size = (__u64)(__u32)call_arg(&s->record, row->length_arg) * unit;
		goto small;
	case RECORD_ITEM_ARRAY_OUT:
		size = result > 0 ? (__u64)result * unit : 0;
		goto small;
	case RECORD_ITEM_BITS:
		size = ((__u64)(__u32)call_arg(&s->record, row->length_arg) + 63) / 64 * 8;
	small:
		/* small numbers are no pointers, but what some operations have in their place */
		if (size && address >= 4096)
			add_bytes(s, p, kind, arg, address, size, RECORD_ARRAY_MAX);
		break;
	case RECORD_ITEM_MEMORY:
		add_memory_item(s, p);
		break;
	case RECORD_ITEM_QUEUE:
		if (result >= 0)
			add_queue(s, p, arg);
		break;
	case RECORD_ITEM_KEPT:
		add_kept(s, p, arg, address);
		break;
	case RECORD_ITEM_PROGRAM:
		add_program(s, p, arg);
		break;
	case RECORD_ITEM_COMMAND:
	case RECORD_ITEM_ENVIRONMENT: {
		struct mm_struct *mm = current_task()->mm;

		if (result < 0 && kind == RECORD_ITEM_COMMAND && address)
			add_strings(s, p, kind, arg, address);
		else if (result == 0 && mm && kind == RECORD_ITEM_COMMAND)
			add_bytes(s, p, kind, arg, mm->arg_start, mm->arg_end - mm->arg_start, RECORD_PATH_MAX - 8);
		else if (result == 0 && mm)
			add_bytes(s, p, kind, arg, mm->env_start, mm->env_end - mm->env_start, RECORD_ENVIRONMENT_MAX);
		break;
	}
	}
	return 0;
}

__noinline int add_item(struct scratch *s, struct payload *p, __u32 call, __u32 i)
{
	const volatile struct record_payload_row *row;
	__u32 kind, arg;
	__u64 address, size;
	__s64 result;

	if (!s || !p)
		return 0;
	i &= 3;
	asm volatile("" : "+r"(i)); /* or the compiler forgets what the verifier must see */
	if (i >= RECORD_ITEMS_MAX)
		return 0;
	row = &row_of(call)->payload[i];
	kind = row->kind;
	arg = row->arg;
	result = s->record.result;
	address = call_arg(&s->record, arg);
	if (!address && kind <= RECORD_ITEM_ADDRESS_OUT)
		return 0;
	switch (kind) {
	case RECORD_ITEM_PATH:
		add_path(s, p, arg, address);
		break;
	case RECORD_ITEM_IN:
		size = call_arg(&s->record, row->length_arg);
		if (result >= 0 && result < size)
			size = result;
		add_bytes(s, p, kind, arg, address, size, snap_length);
		break;
	case RECORD_ITEM_OUT:
		if (result > 0)
			add_bytes(s, p, kind, arg, address, result, snap_length);
		break;
	case RECORD_ITEM_ADDRESS_IN:
		add_bytes(s, p, kind, arg, address, call_arg(&s->record, row->length_arg) & 0xffff, 128);
		break;
	case RECORD_ITEM_ADDRESS_OUT: {
		__u32 length = 0;

		if (result >= 0 && !bpf_probe_read_user(&length, sizeof(length),
							(void *)call_arg(&s->record, row->length_arg)))
			add_bytes(s, p, kind, arg, address, length & 0xffff, 128);
		break;
	}
	default:
		return add_other(s, p, call, i);
	}
	return 0;
}

static __always_inline void add_socket(struct scratch *s, struct payload *p, struct file *file)
{
	__u32 at = p->size & (PAYLOAD_MAX - 1);
	struct record_socket *ends;
	struct record_item *item;
	struct sock *sk;
	__u16 family;

	if (at > PAYLOAD_LAST)
		return;
	sk = sock_of(file);
	if (!sk)
		return;
	item = (struct record_item *)(s->payload + at);
	ends = (struct record_socket *)(item + 1);
	*(__u64 *)item = 0;
	item->kind = RECORD_ITEM_SOCKET;
	item->size = sizeof(*ends);
	item->full_size = sizeof(*ends);
	__builtin_memset(ends, 0, sizeof(*ends));
	family = get(sk, __sk_common.skc_family);
	ends->family = family;
	ends->type = get(sk, sk_type);
	ends->protocol = get(sk, sk_protocol);
	ends->state = get(sk, __sk_common.skc_state);
	if (family == AF_INET || family == AF_INET6) {
		ends->local_port = __builtin_bswap16(get(sk, __sk_common.skc_num));
		ends->remote_port = get(sk, __sk_common.skc_dport);
	}
	if (family == AF_INET) {
		*(__u32 *)ends->local = get(sk, __sk_common.skc_rcv_saddr);
		*(__u32 *)ends->remote = get(sk, __sk_common.skc_daddr);
	} else if (family == AF_INET6) {
		bpf_core_read(ends->local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(ends->remote, 16, &sk->__sk_common.skc_v6_daddr);
	} else if (family == AF_UNIX && bpf_core_field_exists(((struct unix_sock *)0)->peer)) {
		/* the compiler would store it in halves, which the verifier does not let it make */
		bpf_probe_read_kernel(ends->local, 8, &sk);
		bpf_core_read(ends->remote, 8, &((struct unix_sock *)sk)->peer);
	}
	p->size = at + sizeof(*item) + sizeof(*ends);
	p->items++;
}

#endif
