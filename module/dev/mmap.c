// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of maps. What they show is in uapi/bucketmap_mapped.h, and where it
 * comes from in core/area.c.
 *
 * Pages are mapped by their numbers, without references (VM_PFNMAP): so no
 * system call can pin one, and a table that was taken out of the mappings can be
 * freed. What has no page, or no longer one, is a page of all ones that all maps
 * share. It is never freed, so no access to a mapping fails.
 *
 * Anonymous inodes share one address space. A mappable map has an inode of its
 * own, whose address space has the mappings of all descriptors of the map.
 *
 * Locks, from the outer to the inner: that of the mm, or of the mapping alone for
 * a huge page; bm_mappings.tables; bm_mappings.faults.
 *
 * bm_mappings.faults is held for reading by a page fault, from the search
 * for a page until it is mapped. (N) in core/area.c: the worker takes it for
 * writing, and releases it, after map->table has changed. Then no fault maps a
 * page of the old table any more, and those that are mapped are taken out. No
 * memory is allocated under it.
 *
 * A huge page of a large table is mapped as a whole where the kernel marks such
 * an entry as special (BM_HUGE_MAPPINGS): elsewhere a system call could pin it.
 * Two faults in the reach of one huge page may decide differently, if the table
 * is published or retired in between. So bm_mappings.tables is held for reading
 * while small pages and their page tables are inserted, and for writing while a
 * huge page is: what a fault for a small page has found, no table or one, stays.
 * A fault that does not get it for writing at once inserts a small page.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/pseudo_fs.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "core/map.h"
#include "dev/instance.h"
#include "dev/mmap.h"

#define FS_MAGIC	0x62756d70

/* More would take the worker too long to take a table out of. */
#define MAPPINGS_MAX	16384

/* A fault maps the pages around it too: so many, from a multiple of it on. */
#define AROUND		16

static struct vfsmount *mount;
static struct page *gone;	/* all ones */

/* Faults */

static vm_fault_t insert(struct vm_fault *vmf, unsigned long address,
			 const void *page)
{
	return vmf_insert_pfn(vmf->vma, address,
			      page ? vmalloc_to_pfn(page) : page_to_pfn(gone));
}

static int nothing(pte_t *pte, unsigned long address, void *unused)
{
	return 0;
}

/*
 * Allocates the page table for a fault: an allocation may take long at the limit
 * of a memory cgroup, and the worker would wait. Nothing is mapped by that: what
 * other threads read is a page of the table or a fault of their own.
 */
static vm_fault_t prepare(struct vm_fault *vmf)
{
	if (!pmd_none(*vmf->pmd))
		return 0;
	return apply_to_page_range(vmf->vma->vm_mm, vmf->address & PAGE_MASK,
				   PAGE_SIZE, nothing, NULL) ?
		       VM_FAULT_OOM : 0;
}

/* Maps the pages around a fault, if there are any. */
static void insert_around(struct vm_fault *vmf, const struct bucketmap *map)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long bytes = AROUND * PAGE_SIZE;
	unsigned long begin = max(vma->vm_start, vmf->address & ~(bytes - 1));
	unsigned long end = min(vma->vm_end, (vmf->address | (bytes - 1)) + 1);
	unsigned long address;

	for (address = begin; address < end; address += PAGE_SIZE) {
		u64 number = linear_page_index(vma, address);
		void *page = bm_mapped_page(map, number << PAGE_SHIFT);

		if (page && insert(vmf, address, page) & VM_FAULT_ERROR)
			return;
	}
}

#ifdef BM_HUGE_MAPPINGS
#define HUGE_PAGES	(PMD_SIZE >> PAGE_SHIFT)

/*
 * Returns the first page frame, if the pages from @offset on are a huge page of a
 * table, else 0. Each page is looked up, so each is the right one.
 */
static unsigned long find_huge(const struct bucketmap *map, u64 offset)
{
	void *page = bm_mapped_page(map, offset);
	unsigned long pfn = page ? vmalloc_to_pfn(page) : 0;
	unsigned long i;

	if (pfn % HUGE_PAGES)
		return 0;
	for (i = 1; pfn && i < HUGE_PAGES; i++) {
		page = bm_mapped_page(map, offset + i * PAGE_SIZE);
		if (!page || vmalloc_to_pfn(page) != pfn + i)
			return 0;
	}
	return pfn;
}

/* If the kernel gets VM_FAULT_FALLBACK, it calls mapping_fault(). */
static vm_fault_t mapping_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct bm_instance *instance = vmf->vma->vm_private_data;
	unsigned long address = vmf->address & PMD_MASK;
	vm_fault_t ret = VM_FAULT_FALLBACK;
	unsigned long pfn;
	u64 number;

	if (order != PMD_SHIFT - PAGE_SHIFT || address < vmf->vma->vm_start ||
	    address + PMD_SIZE > vmf->vma->vm_end)
		return VM_FAULT_FALLBACK;
	number = linear_page_index(vmf->vma, address);
	/* The header page is mapped without a lock. */
	if (!number || !down_write_trylock(&instance->mappings.tables))
		return VM_FAULT_FALLBACK;
	down_read(&instance->mappings.faults);
	pfn = find_huge(instance->map, number << PAGE_SHIFT);
	if (pfn)
		ret = bm_insert_huge(vmf, pfn);
	up_read(&instance->mappings.faults);
	up_write(&instance->mappings.tables);
	return ret;
}

/*
 * fork() reads the entry for a huge page without a lock, and writes to the child's
 * page table what it has read: if a table is taken out meanwhile, the child would
 * keep an entry for it. So there must be none to copy. The parent's lock, which
 * the caller holds, keeps faults away until fork() has copied.
 */
static void drop_huge(struct vm_area_struct *child)
{
	unsigned long first = ALIGN(child->vm_start, PMD_SIZE);
	struct vm_area_struct *parent;

	if (first + PMD_SIZE > child->vm_end)
		return;
	parent = find_vma(current->mm, child->vm_start);
	if (!WARN_ON(!parent || parent->vm_ops != child->vm_ops))
		bm_zap(parent);
}

/* bm_mappings.tables is held. */
static bool is_huge(struct vm_fault *vmf)
{
	return pmd_trans_huge(pmdp_get_lockless(vmf->pmd));
}
#else
static void drop_huge(struct vm_area_struct *child)
{
}

static bool is_huge(struct vm_fault *vmf)
{
	return false;
}
#endif

/* Inserts a small page. bm_mappings.tables is held. */
static vm_fault_t insert_small(struct vm_fault *vmf,
			       struct bm_instance *instance)
{
	const struct bucketmap *map = instance->map;
	vm_fault_t ret;
	void *page;

	/* Another fault was faster: the access is tried again. */
	if (is_huge(vmf))
		return VM_FAULT_NOPAGE;
	ret = prepare(vmf);
	if (ret)
		return ret;
	down_read(&instance->mappings.faults);
	page = bm_mapped_page(map, (u64)vmf->pgoff << PAGE_SHIFT);
	ret = insert(vmf, vmf->address, page);
	if (page && !(ret & VM_FAULT_ERROR))
		insert_around(vmf, map);
	up_read(&instance->mappings.faults);
	return ret;
}

static vm_fault_t mapping_fault(struct vm_fault *vmf)
{
	struct bm_instance *instance = vmf->vma->vm_private_data;
	vm_fault_t ret;

	/* The header page is never taken out, and never reads as all ones. */
	if (!vmf->pgoff)
		return insert(vmf, vmf->address,
			      bm_mapped_page(instance->map, 0));

	down_read(&instance->mappings.tables);
	ret = insert_small(vmf, instance);
	up_read(&instance->mappings.tables);
	return ret;
}

/* Called by the worker, when a table was replaced. */
static void take_out(void *owner, u64 offset, u64 bytes)
{
	struct bm_instance *instance = owner;

	/* (N) in core/area.c */
	down_write(&instance->mappings.faults);
	up_write(&instance->mappings.faults);
	unmap_mapping_range(instance->mappings.inode->i_mapping, offset, bytes,
			    1);
}

/* Mappings */

static struct bm_mappings *mappings_of(const struct vm_area_struct *vma)
{
	struct bm_instance *instance = vma->vm_private_data;

	return &instance->mappings;
}

/* A mapping was inherited, moved or split. */
static void mapping_open(struct vm_area_struct *vma)
{
	atomic_inc(&mappings_of(vma)->count);
	if (vma->vm_mm != current->mm)
		drop_huge(vma);
}

static void mapping_close(struct vm_area_struct *vma)
{
	atomic_dec(&mappings_of(vma)->count);
}

static int mapping_may_split(struct vm_area_struct *vma, unsigned long address)
{
	return atomic_read(&mappings_of(vma)->count) < MAPPINGS_MAX ? 0 :
								      -EUSERS;
}

static const struct vm_operations_struct mapping_operations = {
	.open		= mapping_open,
	.close		= mapping_close,
	.may_split	= mapping_may_split,
	.fault		= mapping_fault,
#ifdef BM_HUGE_MAPPINGS
	.huge_fault	= mapping_huge_fault,
#endif
};

/* Does the mapping end where the map does, or before? */
static bool within(const struct bucketmap *map, struct vm_area_struct *vma)
{
	unsigned long end = bm_mapped_end(map) >> PAGE_SHIFT;

	return vma->vm_pgoff < end && vma_pages(vma) <= end - vma->vm_pgoff;
}

/**
 * bm_mmap() - map a map
 * @instance: the map
 * @vma: the new mapping, of a descriptor of the map
 *
 * Context: Process context, with the lock of the mm held for writing.
 * Return: 0, or
 *   -EACCES  the mapping would be writable or executable
 *   -EINVAL  it would not be shared
 *   -ENODEV  the map is not mappable
 *   -ENXIO   it would reach beyond the newest table
 *   -EUSERS  there are too many mappings
 */
int bm_mmap(struct bm_instance *instance, struct vm_area_struct *vma)
{
	struct bm_mappings *mappings = &instance->mappings;

	if (!mappings->inode)
		return -ENODEV;
	/* VM_SHARED is clear if the descriptor is read-only. */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EACCES;
	if (!within(instance->map, vma))
		return -ENXIO;
	if (atomic_inc_return(&mappings->count) > MAPPINGS_MAX) {
		atomic_dec(&mappings->count);
		return -EUSERS;
	}
	vm_flags_clear(vma, VM_MAYWRITE | VM_MAYEXEC);
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP |
			  VM_HUGEPAGE);
	vma->vm_private_data = instance;
	vma->vm_ops = &mapping_operations;
	return 0;
}

/* Address spaces */

/**
 * bm_mmap_prepare() - make the instance of a mappable map ready for mappings
 * @instance: the instance, before there are descriptors of it; its map is there
 *
 * Context: Process context. May sleep.
 * Return: 0, or -ENOMEM.
 */
int bm_mmap_prepare(struct bm_instance *instance)
{
	struct inode *inode = alloc_anon_inode(mount->mnt_sb);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	init_rwsem(&instance->mappings.tables);
	init_rwsem(&instance->mappings.faults);
	instance->mappings.inode = inode;
	bm_mapped_connect(instance->map, take_out, instance);
	return 0;
}

/**
 * bm_mmap_release() - undo bm_mmap_prepare()
 * @instance: an instance, mappable or not, whose map was destroyed
 *
 * Context: Process context. May sleep.
 */
void bm_mmap_release(struct bm_instance *instance)
{
	iput(instance->mappings.inode);
}

/**
 * bm_mmap_file() - let mappings of a descriptor belong to its map
 * @instance: the map, mappable or not
 * @file: the descriptor, which no task can use yet
 *
 * Context: Process context.
 */
void bm_mmap_file(struct bm_instance *instance, struct file *file)
{
	if (instance->mappings.inode)
		file->f_mapping = instance->mappings.inode->i_mapping;
}

static int fs_init(struct fs_context *context)
{
	return init_pseudo(context, FS_MAGIC) ? 0 : -ENOMEM;
}

/*
 * No owner: it would be a reference to this module as long as it is loaded. The
 * filesystem has no files, and no other user.
 */
static struct file_system_type fs_type = {
	.name		 = "bucketmap",
	.init_fs_context = fs_init,
	.kill_sb	 = kill_anon_super,
};

/**
 * bm_mmap_init() - initialize what all mappings share
 *
 * Context: Process context. May sleep.
 * Return: 0, or -ENOMEM.
 */
int __init bm_mmap_init(void)
{
	gone = alloc_page(GFP_KERNEL);
	if (!gone)
		return -ENOMEM;
	memset(page_address(gone), 0xff, PAGE_SIZE);
	mount = kern_mount(&fs_type);
	if (!IS_ERR(mount))
		return 0;
	__free_page(gone);
	return PTR_ERR(mount);
}

/**
 * bm_mmap_exit() - undo bm_mmap_init()
 *
 * Context: Process context, after all maps were destroyed. May sleep.
 */
void bm_mmap_exit(void)
{
	kern_unmount(mount);
	__free_page(gone);
}
