// SPDX-License-Identifier: GPL-2.0
/*
 * udpflow: UDP flows from one network namespace to another, with an exact account
 * of what arrived.
 *
 *	udpflow [-f FLOWS] [-r PPS] [-t SECONDS] [-l BYTES] [-p PORT] [-o MS]
 *		[-w MS] [-a ADDRESS] FROM-NETNS TO-NETNS SOURCE DESTINATION
 *
 * With -a the receiver has another address than the one the sender knows, as
 * behind a translator.
 *
 * One process holds both ends: the sockets are opened in the two namespaces, one
 * thread sends, one receives. So both use one clock, and the sum is complete
 * when the process ends, after SECONDS or SIGINT, plus a moment for packets under
 * way.
 *
 * A flow is a source port, PORT + 1 and up; the flows take turns at PPS in all.
 * Each packet carries its flow and number. By the interface a packet arrives on
 * the receiver tells by which way it came: the destination should be a host with
 * one link per router.
 *
 * The result is one JSON object on stdout:
 *	sent, send_errors, received, lost, duplicates, reordered	packets
 *	pps			the rate that was achieved; a machine that stops
 *				for a while sends less, not all of it at once
 *	longest_gap_ms		longest time any flow had no packet arrive
 *	longest_way_us		with -w only: longest time from sending a packet until
 *				the last device had it. The sender then has real-time
 *				priority, for what it waits for is not on the way
 *	late			with -w only: packets that took longer than MS
 *	moved, returned		flows that changed the interface, and those of
 *				them that ended on the one they began on
 *	interfaces		name -> flows (that began on it), packets
 *	flows			the same for each: port, received, lost, gap_ms,
 *				first and last interface, moves; by packets in
 *				the order of sending, without those that are late
 * and with -o only, where MS apart makes two of what would be one:
 *	start_us		when the first packet was sent, us since 1970
 *	outages			packets that were lost, of whatever flow: at_us of
 *				the first since the start, us from its sending to
 *				that of the first packet of one of these flows
 *				that arrived after the last one lost; lost
 *	switches		flows that changed the interface: at_us of the
 *				first packet on another, flows
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAGIC		0x69703674u
#define IFINDEX_MAX	64
#define NSEC		1000000000ull
/* How far behind the sender may be and still make up for it. */
#define CATCH_UP_NS	(200 * NSEC / 1000)
/* What is due within that time is sent at once: to sleep costs more than to send. */
#define BATCH_NS	(NSEC / 2000)
/* How long the receiver rests when there is nothing to read. */
#define NAP_US		1000
/* How long a packet may still be under way when the last one has been sent. */
#define DRAIN_MS	1000

/* Both ends are this process: host byte order. */
struct packet {
	uint32_t magic;
	uint32_t flow;
	uint64_t number;	/* within the flow, from 0 */
	uint64_t sent_ns;	/* CLOCK_MONOTONIC */
	uint64_t wall_ns;	/* CLOCK_REALTIME, the kernel's for time stamps */
};

struct flow {
	int fd;
	uint64_t sent;		/* written by the sender only */
	/* The rest is the receiver's. */
	uint64_t received;
	uint64_t next;		/* one more than the highest number seen */
	uint64_t last_ns;	/* when the packet before was sent */
	uint64_t gap_ns;
	int first_if, last_if;
	unsigned int moves;
};

union address {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static struct flow *flows;
static unsigned int n_flows = 64, port = 20000;
static uint64_t rate = 1000, seconds = 5, total, apart_ms;
static size_t length = 64;
static int rx_fd;
static uint8_t *seen;		/* one bit per packet, against duplicates */
static uint64_t *times, start_us;	/* of sending, each packet; with -o only */
static uint8_t *via;		/* and the interface it came by */
static uint64_t achieved;	/* packets per second */
static uint64_t send_errors, duplicates, reordered, strangers;
static uint64_t if_packets[IFINDEX_MAX], if_flows[IFINDEX_MAX];
static char if_names[IFINDEX_MAX][IF_NAMESIZE];
static unsigned int late_ms;
static uint64_t way_ns, late;
static volatile sig_atomic_t stopped;
static atomic_bool drained;

static void die(const char *what)
{
	fprintf(stderr, "udpflow: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

static uint64_t wall_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

/* Sockets belong to the namespace they were made in, wherever the thread goes. */
static void enter(const char *netns)
{
	int fd = open(netns, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(netns);
	close(fd);
}

static socklen_t parse(union address *a, const char *text, unsigned int number)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET6, text, &a->v6.sin6_addr) == 1) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = htons(number);
		return sizeof(a->v6);
	}
	if (inet_pton(AF_INET, text, &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = htons(number);
		return sizeof(a->v4);
	}
	errno = EINVAL;
	die(text);
	return 0;
}

static void open_receiver(const char *text)
{
	union address to;
	socklen_t len = parse(&to, text, port);
	int one = 1, size = 8 << 20;
	struct timeval wait = { .tv_usec = 100000 };
	bool v6 = to.sa.sa_family == AF_INET6;
	struct if_nameindex *list, *i;

	rx_fd = socket(to.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (rx_fd < 0)
		die("socket");
	if (setsockopt(rx_fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
		       v6 ? IPV6_RECVPKTINFO : IP_PKTINFO, &one, sizeof(one)) ||
	    setsockopt(rx_fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)))
		die("setsockopt");
	if (late_ms && setsockopt(rx_fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)))
		die("setsockopt");
	/* A full socket buffer would look like loss. */
	if (setsockopt(rx_fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(rx_fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(rx_fd, &to.sa, len))
		die("bind the receiver");
	list = if_nameindex();
	for (i = list; i && i->if_index; i++)
		if (i->if_index < IFINDEX_MAX)
			strcpy(if_names[i->if_index], i->if_name);
	if_freenameindex(list);
}

static void open_sender(const char *from, const char *to)
{
	union address src, dst;
	socklen_t len = parse(&dst, to, port);
	unsigned int i;

	for (i = 0; i < n_flows; i++) {
		parse(&src, from, port + 1 + i);
		flows[i].fd = socket(dst.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (flows[i].fd < 0)
			die("socket");
		if (bind(flows[i].fd, &src.sa, len))
			die("bind a sender");
		if (connect(flows[i].fd, &dst.sa, len))
			die("connect");
	}
}

static void account(const struct packet *p, int ifindex)
{
	struct flow *f = &flows[p->flow];
	uint64_t bit = p->number * n_flows + p->flow;

	if (seen[bit / 8] & 1 << bit % 8) {
		duplicates++;
		return;
	}
	seen[bit / 8] |= 1 << bit % 8;
	if (via)
		via[bit] = ifindex;
	if_packets[ifindex]++;
	if (!f->received++) {
		f->first_if = ifindex;
		if_flows[ifindex]++;
	} else if (p->number < f->next) {
		/* Late: which way the flow goes since then is known. */
		reordered++;
		return;
	} else if (f->last_if != ifindex) {
		f->moves++;
	}
	f->last_if = ifindex;
	/*
	 * By the time of sending: how long the receiver took to be scheduled
	 * says nothing about the way.
	 */
	if (f->last_ns && p->sent_ns - f->last_ns > f->gap_ns)
		f->gap_ns = p->sent_ns - f->last_ns;
	f->last_ns = p->sent_ns;
	f->next = p->number + 1;
}

static int arrival_interface(struct msghdr *msg)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
			return ((struct in6_pktinfo *)CMSG_DATA(c))->ipi6_ifindex;
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
			return ((struct in_pktinfo *)CMSG_DATA(c))->ipi_ifindex;
	}
	return 0;
}

static void account_way(struct msghdr *msg, const struct packet *p)
{
	struct cmsghdr *c;
	struct timespec ts;
	uint64_t then, way;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		then = ts.tv_sec * NSEC + ts.tv_nsec;
		if (then <= p->wall_ns)
			continue;
		way = then - p->wall_ns;
		way_ns = way > way_ns ? way : way_ns;
		late += way > late_ms * 1000000ull;
	}
}

/*
 * When a packet is read does not matter, and to wake a thread for each of them
 * costs more than to forward it: leave the processor to those who do.
 */
static ssize_t receive_next(struct msghdr *msg)
{
	ssize_t n = recvmsg(rx_fd, msg, MSG_DONTWAIT);

	if (n >= 0)
		return n;
	usleep(NAP_US);
	return recvmsg(rx_fd, msg, 0);
}

static void *receive(void *arg)
{
	char control[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
		     CMSG_SPACE(sizeof(struct timespec)) + 64];
	struct packet p;
	struct iovec iov = { .iov_base = &p, .iov_len = sizeof(p) };
	bool last = false;

	(void)arg;
	for (;;) {
		struct msghdr msg = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		ssize_t n = receive_next(&msg);
		int ifindex;

		if (n < 0) {
			/*
			 * Nothing for 100 ms. Once more after the end: a machine
			 * that stood still has packets under way.
			 */
			if (last)
				return NULL;
			last = atomic_load(&drained);
			continue;
		}
		ifindex = arrival_interface(&msg);
		if (n < (ssize_t)sizeof(p) || p.magic != MAGIC || p.flow >= n_flows ||
		    p.number * n_flows + p.flow >= total || ifindex < 0 ||
		    ifindex >= IFINDEX_MAX) {
			strangers++;
			continue;
		}
		account(&p, ifindex);
		account_way(&msg, &p);
	}
}

static void transmit(void)
{
	uint8_t buffer[9000] = { 0 };
	struct packet *p = (struct packet *)buffer;
	uint64_t begin = now_ns(), start = begin, now = begin, i;
	/* Each look at a clock is a system call in some guests. */
	const uint64_t since_1970 = wall_ns() - begin;
	struct sched_param urgent = { .sched_priority = 1 };

	if (late_ms && sched_setscheduler(0, SCHED_FIFO, &urgent))
		die("real-time priority");
	start_us = (begin + since_1970) / 1000;
	p->magic = MAGIC;
	for (i = 0; i < total && !stopped; i++) {
		struct flow *f = &flows[i % n_flows];
		uint64_t due = start + i * NSEC / rate, wake = due + BATCH_NS;
		struct timespec ts = { wake / NSEC, wake % NSEC };

		/*
		 * Late wake-ups are made up for, so that the rate holds. Not
		 * long stops of an emulated machine, though: the burst after
		 * one would overflow the queues on the way.
		 */
		now = now_ns();
		if (now < due) {
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
			now = now_ns();
		} else if (now - due > CATCH_UP_NS) {
			start += now - due;
		}
		p->flow = i % n_flows;
		p->number = f->sent++;
		p->sent_ns = now;
		p->wall_ns = now + since_1970;
		if (times)
			times[i] = p->sent_ns;
		/* Also errors that ICMP brought for an earlier packet: try again once. */
		if (send(f->fd, buffer, length, 0) < 0 && send(f->fd, buffer, length, 0) < 0)
			send_errors++;
	}
	now = now_ns();
	if (i && now > begin)
		achieved = i * NSEC / (now - begin);
}

static uint64_t since_start_us(uint64_t packet)
{
	return (times[packet] - times[0]) / 1000;
}

static bool arrived(uint64_t packet)
{
	return seen[packet / 8] & 1 << packet % 8;
}

static void report_outage(uint64_t first, uint64_t last, uint64_t lost, uint64_t sent)
{
	static bool hit[4096];
	uint64_t i;

	memset(hit, 0, sizeof(hit));
	for (i = first; i <= last; i++)
		hit[i % n_flows] |= !arrived(i);
	for (i = last + 1; i + 1 < sent && !(hit[i % n_flows] && arrived(i)); i++)
		;
	printf("\n{\"at_us\":%ju,\"us\":%ju,\"lost\":%ju}", (uintmax_t)since_start_us(first),
	       (uintmax_t)(since_start_us(i < sent ? i : last) - since_start_us(first)),
	       (uintmax_t)lost);
}

static void report_outages(uint64_t sent)
{
	uint64_t i, first = 0, last = 0, lost = 0;
	const char *sep = "";

	printf(",\n\"outages\":[");
	for (i = 0; i <= sent; i++) {
		bool missing = i < sent && !arrived(i);

		if (lost && (i == sent ||
			     (missing && times[i] - times[last] > apart_ms * 1000000))) {
			printf("%s", sep);
			report_outage(first, last, lost, sent);
			sep = ",";
			lost = 0;
		}
		if (!missing)
			continue;
		if (!lost++)
			first = i;
		last = i;
	}
	printf("]");
}

static void report_switches(uint64_t sent)
{
	uint64_t i, first = 0, last = 0, moved = 0;
	const char *sep = "";

	for (i = 0; i < n_flows; i++)
		flows[i].last_if = flows[i].first_if;
	printf(",\n\"switches\":[");
	for (i = 0; i <= sent; i++) {
		struct flow *f = &flows[i % n_flows];
		bool other = i < sent && via[i] && via[i] != f->last_if;

		if (moved && (i == sent ||
			      (other && times[i] - times[last] > apart_ms * 1000000))) {
			printf("%s\n{\"at_us\":%ju,\"flows\":%ju}", sep,
			       (uintmax_t)since_start_us(first), (uintmax_t)moved);
			sep = ",";
			moved = 0;
		}
		if (!other)
			continue;
		f->last_if = via[i];
		if (!moved++)
			first = i;
		last = i;
	}
	printf("]");
}

static void report(void)
{
	uint64_t sent = 0, received = 0, gap = 0;
	unsigned int i, moved = 0, returned = 0;
	const char *sep = "";

	for (i = 0; i < n_flows; i++) {
		sent += flows[i].sent;
		received += flows[i].received;
		if (flows[i].gap_ns > gap)
			gap = flows[i].gap_ns;
		if (flows[i].moves) {
			moved++;
			returned += flows[i].first_if == flows[i].last_if;
		}
	}
	printf("{\"sent\":%ju,\"pps\":%ju,\"send_errors\":%ju,\"received\":%ju,\"lost\":%ju,",
	       (uintmax_t)sent, (uintmax_t)achieved, (uintmax_t)send_errors, (uintmax_t)received,
	       (uintmax_t)(sent - received));
	printf("\"duplicates\":%ju,\"reordered\":%ju,\"strangers\":%ju,",
	       (uintmax_t)duplicates, (uintmax_t)reordered, (uintmax_t)strangers);
	if (late_ms)
		printf("\"longest_way_us\":%ju,\"late\":%ju,", (uintmax_t)(way_ns / 1000),
		       (uintmax_t)late);
	printf("\"longest_gap_ms\":%ju,\"moved\":%u,\"returned\":%u,\n",
	       (uintmax_t)(gap / 1000000), moved, returned);
	printf("\"interfaces\":{");
	for (i = 0; i < IFINDEX_MAX; i++) {
		if (!if_packets[i])
			continue;
		printf("%s\"%s\":{\"flows\":%ju,\"packets\":%ju}", sep, if_names[i],
		       (uintmax_t)if_flows[i], (uintmax_t)if_packets[i]);
		sep = ",";
	}
	printf("},\n\"flows\":[");
	for (i = 0; i < n_flows; i++) {
		struct flow *f = &flows[i];

		printf("%s\n{\"port\":%u,\"received\":%ju,\"lost\":%ju,\"gap_ms\":%ju,",
		       i ? "," : "", port + 1 + i, (uintmax_t)f->received,
		       (uintmax_t)(f->sent - f->received), (uintmax_t)(f->gap_ns / 1000000));
		printf("\"first\":\"%s\",\"last\":\"%s\",\"moves\":%u}",
		       if_names[f->first_if], if_names[f->last_if], f->moves);
	}
	printf("]");
	if (times) {
		printf(",\n\"start_us\":%ju", (uintmax_t)start_us);
		report_outages(sent);
		report_switches(sent);
	}
	printf("}\n");
}

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

static uint64_t number(const char *text, uint64_t low, uint64_t high)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	if (*end || !*text || n < low || n > high) {
		fprintf(stderr, "udpflow: not from %ju to %ju: %s\n",
			(uintmax_t)low, (uintmax_t)high, text);
		exit(1);
	}
	return n;
}

int main(int argc, char **argv)
{
	/* Without SA_RESTART: a signal also ends the sleep between packets. */
	struct sigaction sa = { .sa_handler = on_signal };
	struct rlimit files = { 8192, 8192 };
	const char *address = NULL;
	pthread_t receiver;
	cpu_set_t cpu;
	sigset_t set;
	int c;

	while ((c = getopt(argc, argv, "f:r:t:l:p:o:w:a:")) != -1) {
		switch (c) {
		case 'f':
			n_flows = number(optarg, 1, 4096);
			break;
		case 'r':
			rate = number(optarg, 1, 1000000);
			break;
		case 't':
			seconds = number(optarg, 1, 3600);
			break;
		case 'l':
			length = number(optarg, sizeof(struct packet), 9000);
			break;
		case 'p':
			port = number(optarg, 1, 60000);
			break;
		case 'o':
			apart_ms = number(optarg, 1, 60000);
			break;
		case 'w':
			late_ms = number(optarg, 1, 60000);
			break;
		case 'a':
			address = optarg;
			break;
		default:
			return 1;
		}
	}
	if (argc - optind != 4) {
		fputs("usage: udpflow [-f FLOWS] [-r PPS] [-t SECONDS] [-l BYTES]\n"
		      "               [-p PORT] [-o MS] [-w MS] [-a ADDRESS] FROM-NETNS TO-NETNS SOURCE DESTINATION\n",
		      stderr);
		return 1;
	}
	argv += optind;
	total = rate * seconds;
	flows = calloc(n_flows, sizeof(*flows));
	seen = calloc(1, total / 8 + 1);
	if (apart_ms) {
		times = calloc(total, sizeof(*times));
		via = calloc(total, sizeof(*via));
	}
	if (!flows || !seen || (apart_ms && (!times || !via)))
		die("memory");
	if (n_flows > 900)
		setrlimit(RLIMIT_NOFILE, &files);
	enter(argv[1]);
	open_receiver(address ? address : argv[3]);
	enter(argv[0]);
	open_sender(argv[2], argv[3]);

	/*
	 * Each processor has a queue of its own between veth devices: a sender
	 * that migrates overtakes itself. The receiver stays there, too: a process
	 * on two processors is slow in User-Mode Linux.
	 */
	CPU_ZERO(&cpu);
	CPU_SET(sched_getcpu(), &cpu);
	sched_setaffinity(0, sizeof(cpu), &cpu);

	/* The signal is for the sender: its sleep must end. */
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (pthread_create(&receiver, NULL, receive, NULL))
		die("thread");
	/* A background job of a script starts with SIGINT ignored. */
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);

	transmit();
	usleep(DRAIN_MS * 1000);
	atomic_store(&drained, true);
	pthread_join(receiver, NULL);
	report();
	return 0;
}
