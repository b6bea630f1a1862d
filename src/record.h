/* `spantop record`: writes a capture of the live machine, or of one command and its descendants. */
#ifndef RECORD_H
#define RECORD_H

/* argv[0] is "record". Exit status. */
int record_run(int argc, char **argv);

#endif
