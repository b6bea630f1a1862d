/* dig on the live machine. */
#include <stdio.h>

#include "dig_private.h"

void dig_live(struct dig *dig)
{
	fprintf(stderr, "spantop: a capture is expected: -r FILE\n");
	dig->status = 2;
}
