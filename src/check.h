/* --check: what this machine lets spantop do, in words. */
#ifndef CHECK_H
#define CHECK_H

struct options;

/* Prints the findings, and what of the options' filter the kernel is asked. 0 if spantop can trace here, else 1; 2 if the
 * filter is wrong. */
int check_run(const struct options *given);

#endif
