/* MPS2 with a Cortex-M4F under QEMU: start-up without a C library, input and output by semihosting
 * (Arm, Semihosting for AArch32 and AArch64, 2.0). */
#include "platform.h"

enum { SYS_OPEN = 0x01, SYS_CLOSE = 0x02, SYS_WRITE0 = 0x04, SYS_READ = 0x06, SYS_EXIT_EXTENDED = 0x20 };

#define READ_BINARY 1u
#define EXIT_BY_APPLICATION 0x20026u

extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[];
int main(void);

static uint32_t recording;

static uint32_t call(uint32_t operation, const void *arguments)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = arguments;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void open_recording(const char *name)
{
    uint32_t length = 0;
    while (name[length] != 0) {
        length++;
    }
    uint32_t arguments[] = { (uint32_t)name, READ_BINARY, length };
    recording = call(SYS_OPEN, arguments);
    if (recording == UINT32_MAX) {
        leave(3);
    }
}

size_t read_samples(int16_t *samples, size_t count)
{
    uint32_t arguments[] = { recording, (uint32_t)samples, count * sizeof *samples };
    uint32_t missing = call(SYS_READ, arguments);
    return count - missing / sizeof *samples;
}

void print(const char *text)
{
    call(SYS_WRITE0, text);
}

void leave(int code)
{
    uint32_t arguments[] = { EXIT_BY_APPLICATION, (uint32_t)code };
    call(SYS_EXIT_EXTENDED, arguments);
    for (;;) {
    }
}

static void reset(void)
{
    *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20; /* CPACR: the FPU is on */
    __asm__ volatile("dsb\n isb");
    for (uint32_t *from = data_load, *to = data_start; to < data_end;) {
        *to++ = *from++;
    }
    for (uint32_t *word = bss_start; word < bss_end;) {
        *word++ = 0;
    }
    leave(main());
}

static void fault(void)
{
    print("fault\n");
    leave(4);
}

/* The linker script puts the stack's start before it. */
__attribute__((section(".vectors"), used)) static void (*const vectors[])(void) = {
    reset, fault, fault, fault, fault, fault,
};
