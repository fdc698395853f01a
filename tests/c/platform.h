/* What a test program needs of the machine that it runs on: the host, or a board under QEMU. */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <stddef.h>
#include <stdint.h>

/* Opens a recording of raw 16-bit samples, whose file lies in the folder in which the program runs. */
void open_recording(const char *name);

/* Reads up to so many samples. How many there were. */
size_t read_samples(int16_t *samples, size_t count);

/* Prints on standard output. */
void print(const char *text);

/* Ends the program. */
void leave(int code);

#endif
