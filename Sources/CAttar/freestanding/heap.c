// Memory for WebAssembly without a C library: free blocks in the order of their addresses, the first that fits is
// taken. For one thread.

#include <stddef.h>
#include <stdint.h>

#include "string.h"

#define UNIT ((size_t)16)
#define PAGE ((size_t)65536)
#define ROUND_UP(x, to) (((x) + (to)-1) / (to) * (to))

/// Stands at the start of a block, free or taken. Blocks are whole units.
typedef struct block {
    size_t size;
    struct block *next;  // of free ones
} block;

static block *first_free;

/// Gives a block back, joined with its neighbours.
static void give(block *given) {
    block *before = NULL, *after = first_free;
    while (after && after < given) before = after, after = after->next;
    given->next = after;
    if (before) before->next = given;
    else first_free = given;
    if (after && (char *)given + given->size == (char *)after) {
        given->size += after->size;
        given->next = after->next;
    }
    if (before && (char *)before + before->size == (char *)given) {
        before->size += given->size;
        before->next = given->next;
    }
}

/// Cuts `size` bytes at a multiple of `alignment` out of the free blocks; null where none is large enough.
static void *cut(size_t alignment, size_t size) {
    for (block **link = &first_free; *link; link = &(*link)->next) {
        block *found = *link;
        char *const start = (char *)found, *const end = start + found->size;
        // The block's own header stands right before its memory.
        char *const memory = (char *)ROUND_UP((uintptr_t)start + UNIT, alignment);
        if (memory > end || (size_t)(end - memory) < size) continue;
        *link = found->next;
        block *taken = (block *)(memory - UNIT);
        taken->size = size + UNIT;
        if ((char *)taken > start) {
            found->size = (size_t)((char *)taken - start);
            give(found);
        }
        if (memory + size < end) {
            block *rest = (block *)(memory + size);
            rest->size = (size_t)(end - (memory + size));
            give(rest);
        }
        return memory;
    }
    return NULL;
}

static int grow(size_t bytes) {
    const size_t pages = ROUND_UP(bytes, PAGE) / PAGE;
    const size_t before = __builtin_wasm_memory_grow(0, pages);
    if (before == (size_t)-1) return 0;
    block *grown = (block *)(before * PAGE);
    grown->size = pages * PAGE;
    give(grown);
    return 1;
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    enum { out_of_memory = 12 };
    if (alignment < UNIT) alignment = UNIT;
    if (size > (size_t)-1 - alignment - PAGE - UNIT) return out_of_memory;
    size = ROUND_UP(size > 0 ? size : 1, UNIT);
    *memory = cut(alignment, size);
    if (!*memory && grow(size + alignment + UNIT)) *memory = cut(alignment, size);
    return *memory ? 0 : out_of_memory;
}

void *malloc(size_t size) {
    void *memory = NULL;
    return posix_memalign(&memory, 64, size) == 0 ? memory : NULL;
}

void free(void *memory) {
    if (memory) give((block *)((char *)memory - UNIT));
}
