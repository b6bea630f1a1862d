/* `spantop dig`: sysdig's command line over the live machine or captures. */
#ifndef DIG_H
#define DIG_H

/* argv[0] is "dig". Exit status. */
int dig_run(int argc, char **argv);

#endif
