// A Cortex-M program that answers from a model in flash and writes by semihosting: what a debugger, or an emulator,
// prints for it.

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <string.h>

#include "answers.h"

extern uint32_t stack_top, data_load, data_start, data_end, bss_start, bss_end, heap_start, heap_end;

__asm__(".section .rodata.model, \"a\"\n.balign 64\n.global model_start\nmodel_start: .incbin \"" ATTAR_MODEL "\"\n"
        ".global model_end\nmodel_end:\n");
extern const char model_start, model_end;

static int32_t semihosting(int32_t operation, const void *argument) {
    register int32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void write_line(const char *line) {
    enum { write0 = 4 };
    semihosting(write0, line);
    semihosting(write0, "\n");
}

__attribute__((noreturn)) static void leave(int status) {
    enum { exit_extended = 0x20, application_exit = 0x20026 };
    const uint32_t block[2] = {application_exit, (uint32_t)status};
    semihosting(exit_extended, block);
    for (;;) {}
}

// MARK: What the C library and the runtime ask of a system

void *_sbrk(ptrdiff_t size) {
    static char *end = (char *)&heap_start;
    if (size > (char *)&heap_end - end) {
        errno = ENOMEM;
        return (void *)-1;
    }
    end += size;
    return end - size;
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    *memory = memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

// MARK: Start

void start(void) {
    memcpy(&data_start, &data_load, (size_t)((char *)&data_end - (char *)&data_start));
    memset(&bss_start, 0, (size_t)((char *)&bss_end - (char *)&bss_start));
    // Access to the floating-point unit.
    *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20;
    __asm__ volatile("dsb\nisb");
    leave(write_answers(&model_start, (size_t)(&model_end - &model_start), 0, write_line));
}

static void fault(void) {
    write_line("fault");
    leave(98);
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    &stack_top, (const void *)start, (const void *)fault, (const void *)fault,
    (const void *)fault, (const void *)fault, (const void *)fault,
};
