// SPDX-License-Identifier: GPL-2.0
/*
 * Subcommands that wait, or show changes: wait, watch, top -w and stats -w.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>

#include "tool.h"

static const char *map_name;

static void create(const char *suffix)
{
	map_name = test_name(suffix);
	assert_prints("", "create", map_name, "-k", "8", "-v", "8");
}

static void assert_line(struct tool_process *process, const char *line)
{
	assert_string_equal(next_line(process), line);
}

static void wait_times_out(void **state)
{
	char message[256];

	(void)state;
	create("late");
	assert_prints("", "put", map_name, "key", "1");
	snprintf(message, sizeof(message), "wait: %s: key: timed out", map_name);
	assert_refuses(4, message, "wait", map_name, "key", "--timeout", "0.1");
	assert_refuses(4, message, "wait", map_name, "key", "--absent", "-t", "0");
	assert_refuses(4, message, "wait", map_name, "key", "--value", "2", "-t", "0.1");
	assert_prints("1\n", "wait", map_name, "key", "--value", "1", "-t", "0");
	assert_prints("", "wait", map_name, "other", "--absent", "-t", "0");
}

static void wait_ends_on_any_change_of_the_entry(void **state)
{
	struct tool_process wait;

	(void)state;
	create("changing");
	wait = start("wait", map_name, "key");
	wait_until_blocked(&wait);
	assert_prints("", "put", map_name, "other", "1");
	assert_prints("", "put", map_name, "key", "1");
	assert_line(&wait, "1");
	assert_int_equal(end_tool(&wait, 0), 0);

	wait = start("wait", map_name, "key");
	wait_until_blocked(&wait);
	assert_prints("", "put", map_name, "key", "2");
	assert_line(&wait, "2");
	assert_int_equal(end_tool(&wait, 0), 0);

	wait = start("wait", map_name, "key");
	wait_until_blocked(&wait);
	assert_prints("", "del", map_name, "key");
	assert_line(&wait, "");
	assert_int_equal(end_tool(&wait, 0), 0);
}

static void wait_continues_until_entry_has_the_value(void **state)
{
	struct tool_process wait;

	(void)state;
	create("counting");
	wait = start("wait", map_name, "key", "--value", "3");
	wait_until_blocked(&wait);
	for (int i = 0; i < 3; i++)
		assert_int_equal(run("add", map_name, "key", "1"), 0);
	assert_line(&wait, "3");
	assert_int_equal(end_tool(&wait, 0), 0);
}

static void wait_continues_until_key_is_absent(void **state)
{
	struct tool_process wait;

	(void)state;
	create("leaving");
	assert_prints("", "put", map_name, "key", "1");
	wait = start("wait", map_name, "key", "--absent");
	wait_until_blocked(&wait);
	assert_prints("", "put", map_name, "key", "2");
	wait_until_blocked(&wait);
	assert_prints("", "del", map_name, "key");
	assert_line(&wait, "");
	assert_int_equal(end_tool(&wait, 0), 0);
}

static void wait_works_for_members_of_a_set(void **state)
{
	struct tool_process wait;

	(void)state;
	map_name = test_name("set");
	assert_prints("", "create", map_name, "-k", "8", "-v", "0");
	wait = start("wait", map_name, "key");
	wait_until_blocked(&wait);
	assert_prints("", "put", map_name, "key", "");
	assert_line(&wait, "");
	assert_int_equal(end_tool(&wait, 0), 0);
	wait = start("wait", map_name, "key", "--absent");
	wait_until_blocked(&wait);
	assert_prints("", "del", map_name, "key");
	assert_int_equal(end_tool(&wait, 0), 0);
}

static void watch_of_an_entry_prints_each_change(void **state)
{
	struct tool_process watch;

	(void)state;
	create("watched");
	assert_prints("", "put", map_name, "key", "1");
	watch = start("watch", "--all", map_name, "key");
	assert_line(&watch, "+ key\t1");
	assert_prints("", "put", map_name, "other", "1");
	assert_prints("", "put", map_name, "key", "2");
	assert_line(&watch, "* key\t2");
	assert_prints("", "del", map_name, "key");
	assert_line(&watch, "- key\t2");
	assert_prints("", "put", map_name, "key", "3");
	assert_line(&watch, "+ key\t3");
	assert_int_equal(end_tool(&watch, SIGINT), 128 + SIGINT);
}

static void watch_of_a_map_prints_changed_entries(void **state)
{
	struct tool_process watch;

	(void)state;
	create("whole");
	assert_prints("", "put", map_name, "same", "1");
	assert_prints("", "put", map_name, "key", "1");
	watch = start("watch", "--all", map_name, "--interval", "0.01");
	assert_line(&watch, "+ key\t1");
	assert_line(&watch, "+ same\t1");
	assert_prints("", "put", map_name, "key", "2");
	assert_line(&watch, "* key\t2");
	assert_prints("", "put", map_name, "new", "3");
	assert_line(&watch, "+ new\t3");
	assert_prints("", "del", map_name, "key");
	assert_line(&watch, "- key\t2");
	assert_prints("", "put", map_name, "same", "1");
	assert_prints("", "del", map_name, "new");
	assert_line(&watch, "- new\t3");
	assert_prints("", "clear", map_name);
	assert_line(&watch, "- same\t1");
	assert_int_equal(end_tool(&watch, SIGTERM), 128 + SIGTERM);
}

static void watch_without_all_prints_only_changes(void **state)
{
	struct tool_process watch;

	(void)state;
	create("later");
	assert_prints("", "put", map_name, "key", "1");
	watch = start("-j", "watch", map_name);
	wait_until_blocked(&watch);
	assert_prints("", "put", map_name, "key", "2");
	assert_line(&watch, "{\"change\": \"changed\", \"key\": \"key\", \"value\": 2}");
	end_tool(&watch, SIGINT);
	watch = start("watch", map_name, "key");
	wait_until_blocked(&watch);
	assert_prints("", "del", map_name, "key");
	assert_line(&watch, "- key\t2");
	end_tool(&watch, SIGINT);
}

/* The subcommand ends, and its last line reports @problem. */
static void assert_gives_up(struct tool_process *process, const char *subcommand,
			    const char *problem)
{
	char message[256];
	const char *line;
	int status;

	snprintf(message, sizeof(message), "bucketmap: %s: %s: %s", subcommand, map_name, problem);
	status = wait_for_exit(process->pid);
	do {
		line = next_line(process);
	} while (!feof(process->out) && strncmp(line, "bucketmap: ", 11) != 0);
	assert_string_equal(line, message);
	assert_int_equal(status, 3);
	fclose(process->out);
	close(process->in);
}

/* Starts subcommands that keep a descriptor of the map. */
static size_t start_keepers(struct tool_process *keepers)
{
	size_t count = 0;

	keepers[count++] = start("wait", map_name, "key", "-t", "600");
	keepers[count++] = start("watch", map_name, "key");
	keepers[count++] = start("watch", map_name);
	keepers[count++] = start("watch", map_name, "-i", "600");
	keepers[count++] = start("top", map_name, "-w", "-i", "0.5");
	for (size_t i = 0; i < count; i++)
		wait_until_blocked(&keepers[i]);
	return count;
}

static void assert_all_give_up(struct tool_process *keepers, const char *problem)
{
	static const char *const subcommands[] = { "wait", "watch", "watch", "watch", "top" };

	for (size_t i = 0; i < ARRAY_SIZE(subcommands); i++)
		assert_gives_up(&keepers[i], subcommands[i], problem);
}

static void unlinking_the_map_ends_subcommands_that_keep_it(void **state)
{
	struct tool_process keepers[8];

	(void)state;
	create("nameless");
	start_keepers(keepers);
	assert_prints("", "rm", map_name);
	assert_all_give_up(keepers, "the name of the map was removed");
}

static void reusing_the_name_ends_subcommands_that_keep_the_map(void **state)
{
	struct tool_process keepers[8];
	size_t count;

	(void)state;
	create("successor");
	count = start_keepers(keepers);
	keepers[count++] = start("stats", map_name, "-w", "-i", "0.5");
	wait_until_blocked(&keepers[count - 1]);
	/* Stopped, so that they do not see the moment at which no map has the name. */
	for (size_t i = 0; i < count; i++)
		assert_int_equal(kill(keepers[i].pid, SIGSTOP), 0);
	assert_prints("", "rm", map_name);
	create("successor");
	for (size_t i = 0; i < count; i++)
		assert_int_equal(kill(keepers[i].pid, SIGCONT), 0);
	assert_all_give_up(keepers, "the name of the map was removed and given to another map");
	assert_gives_up(&keepers[count - 1], "stats",
			"the name of the map was removed and given to another map");
}

static void view_repeats_without_a_terminal(void **state)
{
	struct tool_process top;

	(void)state;
	create("views");
	assert_prints("", "put", map_name, "key", "1");
	top = start("top", map_name, "-w", "-i", "0.05");
	assert_line(&top, "1\tkey");
	assert_line(&top, "1\tkey");
	assert_prints("", "put", map_name, "key", "2");
	while (strcmp(next_line(&top), "2\tkey") != 0)
		;
	assert_int_equal(end_tool(&top, SIGINT), 128 + SIGINT);
}

/* The rate of an event in the next view of stats -w. */
static unsigned long long next_rate(struct tool_process *stats, const char *event)
{
	unsigned long long total, rate;
	const char *line;
	int fields;

	do {
		line = next_line(stats);
	} while (strncmp(line, event, strlen(event)) != 0);
	fields = sscanf(line + strlen(event), "%llu %llu", &total, &rate);
	assert_int_equal(fields, 2);
	return rate;
}

static void rates_are_events_per_second(void **state)
{
	struct bucketmap *map = named_map("rates", 4, 8);
	struct tool_process stats;
	unsigned long long rate;

	(void)state;
	stats = start("stats", test_name("rates"), "--watch", "--interval", "0.5");
	assert_int_equal(next_rate(&stats, "inserted"), 0);
	for (__u32 i = 0; i < 1000; i++)
		assert_ok(bucketmap_add(map, &i, 0, 1, NULL));
	bucketmap_close(map);
	do {
		rate = next_rate(&stats, "inserted");
	} while (!rate);
	/* The additions fell into an interval of at least half a second. */
	assert_in_range(rate, 1, 2000);
	while (next_rate(&stats, "inserted"))
		;
	assert_int_equal(end_tool(&stats, SIGINT), 128 + SIGINT);
}

static void stats_of_all_maps_have_rates(void **state)
{
	struct tool_process stats;
	const char *line;

	(void)state;
	create("table");
	stats = start("stats", "-w", "-i", "0.1");
	assert_non_null(strstr(next_line(&stats), " maps with 0 entries and "));
	line = next_line(&stats);
	assert_memory_equal(line, "NAME ", 5);
	assert_non_null(strstr(line, "LOOKUPS/s"));
	do {
		line = next_line(&stats);
	} while (strncmp(line, map_name, strlen(map_name)) != 0);
	assert_int_equal(end_tool(&stats, SIGINT), 128 + SIGINT);
}

/* Reads to the next line that begins with @start, which must be in one of the next views. */
static void skip_to(struct tool_process *process, const char *start)
{
	for (int lines = 0; strncmp(next_line(process), start, strlen(start)) != 0; lines++)
		assert_in_range(lines, 0, 200);
}

static void stats_of_all_maps_say_which_was_removed(void **state)
{
	struct tool_process stats;
	char start[128];

	(void)state;
	create("leaves");
	snprintf(start, sizeof(start), "%s: removed at ", map_name);
	stats = start_tool((const char *const[]) { "bucketmap", "stats", "-wi0.1", NULL });
	skip_to(&stats, map_name);
	assert_prints("", "rm", map_name);
	skip_to(&stats, start);
	/* It stays. */
	skip_to(&stats, "NAME ");
	skip_to(&stats, start);
	assert_int_equal(end_tool(&stats, SIGINT), 128 + SIGINT);
}

/* A pseudo-terminal for the tool, with both its ends. */
struct terminal {
	int master;
	int slave;
};

static struct terminal open_terminal(int rows)
{
	const struct winsize size = { .ws_row = rows, .ws_col = 60 };
	struct terminal terminal;

	/* On a test machine, devpts may not be mounted. */
	mkdir("/dev/pts", 0755);
	if (access("/dev/pts/ptmx", F_OK))
		assert_int_equal(mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=666"), 0);
	terminal.master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(terminal.master >= 0);
	assert_int_equal(unlockpt(terminal.master), 0);
	terminal.slave = ioctl(terminal.master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(terminal.slave >= 0);
	assert_int_equal(ioctl(terminal.slave, TIOCSWINSZ, &size), 0);
	return terminal;
}

/* Starts the tool with these as its standard input, output and error. */
static pid_t run_with(int in, int out, int err, const char *const argv[])
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child)
		return child;
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	execvp(tool_path(), (char *const *)argv);
	_exit(127);
}

static pid_t run_on_terminal(const struct terminal *terminal, const char *const argv[])
{
	return run_with(terminal->slave, terminal->slave, terminal->slave, argv);
}

/* Reads what the terminal shows until @text is in it. Waits for ten seconds at most for more. */
static const char *read_until(const struct terminal *terminal, const char *text)
{
	static char shown[65536];
	struct pollfd readable = { .fd = terminal->master, .events = POLLIN };
	size_t size = 0;

	shown[0] = '\0';
	while (!strstr(shown, text)) {
		ssize_t more;

		assert_int_equal(poll(&readable, 1, 10000), 1);
		more = read(terminal->master, shown + size, sizeof(shown) - 1 - size);
		assert_true(more > 0);
		size += more;
		shown[size] = '\0';
	}
	return shown;
}

static void assert_ends(const struct terminal *terminal, const struct termios *before, pid_t child)
{
	struct termios after;

	read_until(terminal, "\033[?25h\033[?1049l");
	wait_for_success(child);
	assert_int_equal(tcgetattr(terminal->slave, &after), 0);
	assert_int_equal(before->c_lflag, after.c_lflag);
	assert_int_equal(before->c_cc[VSUSP], after.c_cc[VSUSP]);
	close(terminal->slave);
	close(terminal->master);
}

/* A map with entries a to t: the n-th letter has the number 100 - n. */
static void create_letters(const char *suffix)
{
	struct bucketmap *map;

	create(suffix);
	assert_ok(bucketmap_open(&map, map_name, 0));
	for (int i = 0; i < 20; i++)
		assert_ok(bucketmap_add(map, (char[8]) { 'a' + i }, 0, 100 - i, NULL));
	bucketmap_close(map);
}

static pid_t start_top(const struct terminal *terminal)
{
	return run_on_terminal(terminal, (const char *const[]) {
		"bucketmap", "top", map_name, "-w", "-n", "20", "-i", "600", NULL });
}

static void quit(const struct terminal *terminal, pid_t child)
{
	assert_int_equal(write(terminal->master, "q", 1), 1);
	wait_for_success(child);
	close(terminal->slave);
	close(terminal->master);
}

/* The position of @text behind @behind, which has it. */
static const char *find(const char *behind, const char *text)
{
	const char *found = strstr(behind, text);

	if (!found)
		print_error("# no \"%s\" in \"%s\"\n", text, behind);
	assert_non_null(found);
	return found + strlen(text);
}

static void view_draws_on_the_terminal_and_restores_it(void **state)
{
	struct terminal terminal = open_terminal(10);
	struct termios before;
	const char *shown;
	pid_t child;

	(void)state;
	create_letters("drawn");
	assert_int_equal(tcgetattr(terminal.slave, &before), 0);
	child = start_top(&terminal);
	shown = read_until(&terminal, "\033[J");
	assert_memory_equal(shown, "\033[?1049h\033[?25l\033[?7l\033[H\033[K", 25);
	shown = find(shown, "bucketmap top ");
	shown = find(shown, "q quit  s sort: NUMBER  ");
	assert_true(shown[2] == ':' && shown[5] == ':');
	shown = find(shown, "20 entries in ");
	shown = find(shown, "NUMBER KEY");
	shown = find(shown, "100 a");
	shown = find(shown, "95 f");
	/* The tenth line is the last that fits. */
	shown = find(shown, "\033[K... 14 more\033[J");
	assert_string_equal(shown, "");
	assert_int_equal(write(terminal.master, "q", 1), 1);
	assert_ends(&terminal, &before, child);
}

static void short_terminal_keeps_title_and_totals(void **state)
{
	(void)state;
	create_letters("short");
	for (int rows = 1; rows <= 4; rows++) {
		struct terminal terminal = open_terminal(rows);
		pid_t child = start_top(&terminal);
		const char *shown = find(read_until(&terminal, "\033[J"), "q quit");

		if (rows > 1)
			shown = find(shown, "20 entries in ");
		if (rows > 2)
			shown = find(shown, "NUMBER KEY");
		if (rows > 3)
			shown = find(shown, "... 20 more");
		assert_null(strchr(shown, '\n'));
		quit(&terminal, child);
	}
}

static void key_sorts_the_view_by_the_next_column(void **state)
{
	struct terminal terminal = open_terminal(10);
	const char *shown;
	pid_t child;

	(void)state;
	create("sorted");
	assert_prints("", "put", map_name, "b", "2");
	assert_prints("", "put", map_name, "a", "1");
	child = start_top(&terminal);
	shown = find(read_until(&terminal, "\033[J"), "sort: NUMBER");
	find(find(shown, "2 b"), "1 a");
	assert_int_equal(write(terminal.master, "s", 1), 1);
	shown = find(read_until(&terminal, "\033[J"), "sort: KEY");
	find(find(shown, "1 a"), "2 b");
	assert_int_equal(write(terminal.master, "s", 1), 1);
	find(read_until(&terminal, "\033[J"), "sort: NUMBER");
	quit(&terminal, child);
}

/* Whether an escape sequence that sets a colour or another rendition is in the text. */
static int has_colour(const char *text)
{
	while ((text = strstr(text, "\033["))) {
		text += strcspn(text + 2, "ABCDEFGHIJKLMSTfhlmnsu") + 2;
		if (*text == 'm')
			return 1;
	}
	return 0;
}

static void colours_are_for_terminals_and_not_under_NO_COLOR(void **state)
{
	static const struct {
		const char *value;
		int coloured;
	} settings[] = { { NULL, 1 }, { "", 1 }, { "1", 0 } };

	(void)state;
	create_letters("coloured");
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		struct terminal terminal = open_terminal(10);
		pid_t child;

		if (settings[i].value)
			setenv("NO_COLOR", settings[i].value, 1);
		child = start_top(&terminal);
		unsetenv("NO_COLOR");
		assert_int_equal(has_colour(read_until(&terminal, "\033[J")),
				 settings[i].coloured);
		quit(&terminal, child);
	}
}

/* Neither on a pipe nor on a terminal that cannot. */
static void view_draws_only_where_it_can(void **state)
{
	struct terminal terminal = open_terminal(10);
	struct tool_process top;
	pid_t child;

	(void)state;
	create_letters("plain");
	top = start("top", map_name, "-w", "-i", "600");
	assert_line(&top, "100\ta");
	assert_int_equal(end_tool(&top, SIGINT), 128 + SIGINT);
	setenv("TERM", "dumb", 1);
	child = start_top(&terminal);
	unsetenv("TERM");
	assert_null(strchr(read_until(&terminal, "81\tt"), '\033'));
	assert_int_equal(kill(child, SIGINT), 0);
	assert_int_equal(wait_for_exit(child), 128 + SIGINT);
	close(terminal.slave);
	close(terminal.master);
}

static void interrupt_restores_the_terminal(void **state)
{
	struct terminal terminal = open_terminal(10);
	struct termios before;
	pid_t child;

	(void)state;
	create("stopped");
	assert_int_equal(tcgetattr(terminal.slave, &before), 0);
	child = run_on_terminal(&terminal, (const char *const[]) {
		"bucketmap", "stats", map_name, "-w", NULL });
	read_until(&terminal, "entries in");
	assert_int_equal(kill(child, SIGINT), 0);
	assert_ends(&terminal, &before, child);
}

static void view_reports_that_its_map_is_gone(void **state)
{
	struct terminal terminal = open_terminal(10);
	const char *shown;
	pid_t child;

	(void)state;
	create("gone");
	child = run_on_terminal(&terminal, (const char *const[]) {
		"bucketmap", "stats", map_name, "-w", "-i", "0.1", NULL });
	read_until(&terminal, "entries in");
	assert_prints("", "rm", map_name);
	shown = read_until(&terminal, "the name of the map was removed");
	assert_true(strstr(shown, "\033[?1049l") < strstr(shown, "the name of the map"));
	assert_int_equal(wait_for_exit(child), 3);
	close(terminal.slave);
	close(terminal.master);
}

static void view_of_no_map_leaves_the_terminal_alone(void **state)
{
	static const char *const problem = "no such map";
	struct terminal terminal = open_terminal(10);
	pid_t child;

	(void)state;
	child = run_on_terminal(&terminal, (const char *const[]) {
		"bucketmap", "stats", test_name("none"), "-w", NULL });
	assert_null(strchr(read_until(&terminal, problem), '\033'));
	assert_int_equal(wait_for_exit(child), 3);
	close(terminal.slave);
	close(terminal.master);
}

/* Feeds entries to the tool, one by one, until it shows something. Returns their number. */
static int feed_until_shown(const struct terminal *terminal, int input)
{
	struct pollfd readable = { .fd = terminal->master, .events = POLLIN };
	int entries = 0;

	while (!poll(&readable, 1, 50)) {
		assert_in_range(entries, 0, 1000);
		dprintf(input, "%d\t\n", entries++);
	}
	return entries;
}

static void load_shows_progress_on_a_terminal(void **state)
{
	struct terminal terminal = open_terminal(10);
	int input[2];
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(input, O_CLOEXEC), 0);
	map_name = test_name("loaded");
	child = run_with(input[0], terminal.slave, terminal.slave, (const char *const[]) {
		"bucketmap", "load", map_name, NULL });
	dprintf(input[1], "bucketmap dump 1 key_size=4 value_size=0\n");
	dprintf(input[1], "end %d\n", feed_until_shown(&terminal, input[1]));
	close(input[1]);
	assert_non_null(strstr(read_until(&terminal, "\r\033[Kloaded "), " entries, "));
	wait_for_success(child);
	close(input[0]);
	close(terminal.slave);
	close(terminal.master);
}

static void read_to_the_end(int fd)
{
	char buffer[65536];

	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
	close(fd);
}

/* The output is read so slowly that the tool must show its progress. */
static void dump_shows_progress_on_a_terminal(void **state)
{
	struct terminal terminal = open_terminal(10);
	struct bucketmap *map = named_map("dumped", 4, 8);
	const char *shown;
	int output[2];
	pid_t child;

	(void)state;
	for (__u32 i = 0; i < 20000; i++)
		assert_ok(bucketmap_add(map, &i, 0, i, NULL));
	bucketmap_close(map);
	assert_int_equal(pipe2(output, O_CLOEXEC), 0);
	child = run_with(terminal.slave, output[1], terminal.slave, (const char *const[]) {
		"bucketmap", "dump", test_name("dumped"), NULL });
	close(output[1]);
	/* Its first output shows that its clock runs. It then blocks until the pipe is read. */
	assert_int_equal(poll(&(struct pollfd) { output[0], POLLIN, 0 }, 1, -1), 1);
	usleep(300000);
	read_to_the_end(output[0]);
	shown = read_until(&terminal, "\r\033[K");
	assert_memory_equal(shown, "\r[#", 3);
	assert_non_null(strstr(shown, "%  "));
	assert_non_null(strstr(shown, " entries, "));
	wait_for_success(child);
	close(terminal.slave);
	close(terminal.master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(wait_times_out),
		device_test(wait_ends_on_any_change_of_the_entry),
		device_test(wait_continues_until_entry_has_the_value),
		device_test(wait_continues_until_key_is_absent),
		device_test(wait_works_for_members_of_a_set),
		device_test(watch_of_an_entry_prints_each_change),
		device_test(watch_of_a_map_prints_changed_entries),
		device_test(watch_without_all_prints_only_changes),
		device_test(unlinking_the_map_ends_subcommands_that_keep_it),
		device_test(reusing_the_name_ends_subcommands_that_keep_the_map),
		device_test(view_repeats_without_a_terminal),
		device_test(rates_are_events_per_second),
		device_test(stats_of_all_maps_have_rates),
		device_test(stats_of_all_maps_say_which_was_removed),
		device_test(view_draws_on_the_terminal_and_restores_it),
		device_test(short_terminal_keeps_title_and_totals),
		device_test(key_sorts_the_view_by_the_next_column),
		device_test(colours_are_for_terminals_and_not_under_NO_COLOR),
		device_test(view_draws_only_where_it_can),
		device_test(interrupt_restores_the_terminal),
		device_test(view_reports_that_its_map_is_gone),
		device_test(view_of_no_map_leaves_the_terminal_alone),
		device_test(load_shows_progress_on_a_terminal),
		device_test(dump_shows_progress_on_a_terminal),
	};

	return run_device_tests(tests);
}
