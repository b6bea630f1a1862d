/* --check: what this machine lets spantop do, in words. */
#ifndef CHECK_H
#define CHECK_H

/* Prints the findings. 0 if spantop can trace here, else 1. */
int check_run(void);

#endif
