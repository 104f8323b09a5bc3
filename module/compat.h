/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between kernels, and what the module needs of any of them.
 *
 * Nothing here depends on the version of a kernel: distributions backport.
 * Kbuild looks for a declaration in the kernel's headers, and defines
 * BM_HAVE_name if it is there.
 *
 * compat.c is compiled before all other files, and compiles the list at the
 * end. So a kernel that lacks something fails here, once. docs/kernels.md says
 * how to report that.
 */
#ifndef _BM_COMPAT_H
#define _BM_COMPAT_H

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>	/* current_umask(), which was in fs.h */
#include <linux/gfp.h>
#include <linux/mm.h>

#ifndef CONFIG_64BIT
#error "bucketmap: the kernel is not a 64-bit one: see docs/kernels.md"
#endif

#ifndef CONFIG_MMU
#error "bucketmap: the kernel has no virtual memory: see docs/kernels.md"
#endif

/**
 * bm_debugfs_rename() - rename a directory within its parent
 * @parent: the parent
 * @dir: the directory
 * @name: its new name
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
#if defined(BM_HAVE_debugfs_change_name)
static inline int bm_debugfs_rename(struct dentry *parent, struct dentry *dir,
				    const char *name)
{
	return debugfs_change_name(dir, "%s", name);
}
#elif defined(BM_HAVE_debugfs_rename)
static inline int bm_debugfs_rename(struct dentry *parent, struct dentry *dir,
				    const char *name)
{
	return PTR_ERR_OR_ZERO(debugfs_rename(parent, dir, parent, name));
}
#else
#error "bucketmap: the kernel cannot rename in debugfs: see docs/kernels.md"
#endif

/**
 * bm_vmalloc_gfp() - return the flags for an allocation by vmalloc
 * @gfp: the flags of the allocation
 *
 * A vmalloc that has memalloc_apply_gfp_scope() warns about flags that it does
 * not know, and drops them. The first ones, whose header still declares
 * vmalloc_nr_pages(), do not know __GFP_RETRY_MAYFAIL. Without it the OOM killer
 * would run at the limit of a memory cgroup. They know __GFP_NORETRY, which
 * fails too, but reclaims only once.
 *
 * Context: any.
 * Return: the flags.
 */
static inline gfp_t bm_vmalloc_gfp(gfp_t gfp)
{
#if defined(BM_HAVE_memalloc_apply_gfp_scope) && \
	defined(BM_HAVE_vmalloc_nr_pages)
	if (gfp & __GFP_RETRY_MAYFAIL)
		gfp = (gfp & ~__GFP_RETRY_MAYFAIL) | __GFP_NORETRY;
#endif
	return gfp;
}

/* The flags of a mapping that is being made. */
#ifndef BM_HAVE_vm_flags_set
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma,
				  unsigned long flags)
{
	vma->vm_flags &= ~flags;
}
#endif

/*
 * Can a huge page be mapped so that no system call can pin it? Only kernels that
 * mark the entry as special.
 */
#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP
#define BM_HUGE_MAPPINGS

#ifdef BM_HAVE___pfn_to_pfn_t
#include <linux/pfn_t.h>
#define BM_PFN(pfn)	__pfn_to_pfn_t(pfn, 0)
#else
#define BM_PFN(pfn)	(pfn)
#endif

/**
 * bm_insert_huge() - map a huge page at a fault, for reading
 * @vmf: the fault, in a mapping of page frames without structures (VM_PFNMAP)
 * @pfn: the first page frame
 *
 * Context: Process context, with the lock of the mm or of the mapping held.
 * Return: as fault handlers.
 */
static inline vm_fault_t bm_insert_huge(struct vm_fault *vmf, unsigned long pfn)
{
	return vmf_insert_pfn_pmd(vmf, BM_PFN(pfn), false);
}

/**
 * bm_zap() - drop the entries of all pages of a mapping
 * @vma: the mapping (VM_PFNMAP)
 *
 * Context: Process context, with the lock of the mm held for writing.
 */
static inline void bm_zap(struct vm_area_struct *vma)
{
#ifdef BM_HAVE_zap_special_vma_range
	zap_special_vma_range(vma, vma->vm_start, vma->vm_end - vma->vm_start);
#else
	zap_vma_ptes(vma, vma->vm_start, vma->vm_end - vma->vm_start);
#endif
}
#endif

#ifdef BM_COMPAT_CHECK

#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/hrtimer.h>
#include <linux/memcontrol.h>
#include <linux/miscdevice.h>
#include <linux/mount.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/percpu_counter.h>
#include <linux/poll.h>
#include <linux/pseudo_fs.h>
#include <linux/random.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/seq_file.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/time_namespace.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xxhash.h>

/* Fails unless @call compiles, and has this type. Nothing is called. */
#define BUCKETMAP_NEEDS(type, call) \
	_Static_assert(__same_type(type, call), "bucketmap: the kernel has " \
		       "another " #call ": see docs/kernels.md")

/*
 * What the module calls, but for what no kernel does without. If the compiler
 * stops here, the kernel lacks the function of that line, or has changed it:
 * see docs/kernels.md.
 */
static inline void bm_compat_check(void)
{
	const void *bytes = NULL;
	const char *text = NULL;
	struct file *file = NULL;
	struct rb_node *node = NULL;
	u64 sip = 0;
	struct rb_root *tree = NULL;
	struct vm_area_struct *vma = NULL;
	struct vfsmount *mount = NULL;
	struct mem_cgroup *memcg = NULL;
	struct workqueue_struct *queue = NULL;
	struct delayed_work *delayed = NULL;
	struct percpu_counter *counter = NULL;
	const struct kernel_param *param = NULL;
	const siphash_key_t *secret = NULL;
	ktime_t *time = NULL;

	BUCKETMAP_NEEDS(void *, __vmalloc(1UL, GFP_KERNEL));
	BUCKETMAP_NEEDS(void *, vmalloc_huge(1UL, GFP_KERNEL));
	BUCKETMAP_NEEDS(void *, kvzalloc((size_t)1, GFP_KERNEL));
	BUCKETMAP_NEEDS(void, kvfree(bytes));
	BUCKETMAP_NEEDS(void, vfree(bytes));
	BUCKETMAP_NEEDS(long, si_mem_available());
	BUCKETMAP_NEEDS(unsigned long, totalram_pages());

	BUCKETMAP_NEEDS(struct mem_cgroup *,
			get_mem_cgroup_from_mm(current->mm));
	BUCKETMAP_NEEDS(struct mem_cgroup *, set_active_memcg(memcg));
	BUCKETMAP_NEEDS(void, mem_cgroup_put(memcg));

	BUCKETMAP_NEEDS(unsigned long, start_poll_synchronize_rcu());
	BUCKETMAP_NEEDS(bool, poll_state_synchronize_rcu(1UL));
	BUCKETMAP_NEEDS(void, cond_synchronize_rcu(1UL));

	BUCKETMAP_NEEDS(int, percpu_counter_init(counter, 0, GFP_KERNEL));
	BUCKETMAP_NEEDS(void, percpu_counter_add_batch(counter, 1, 1));
	BUCKETMAP_NEEDS(s64, percpu_counter_sum(counter));
	BUCKETMAP_NEEDS(u64 __percpu *, alloc_percpu_gfp(u64, GFP_KERNEL));

	BUCKETMAP_NEEDS(struct workqueue_struct *,
			alloc_workqueue("%s", 0, 0, text));
	BUCKETMAP_NEEDS(bool, queue_work(queue, &delayed->work));
	BUCKETMAP_NEEDS(bool, mod_delayed_work(queue, delayed, 1UL));
	BUCKETMAP_NEEDS(int, schedule_hrtimeout(time, HRTIMER_MODE_ABS));

	SIPHASH_PERMUTATION(sip, sip, sip, sip);
	BUCKETMAP_NEEDS(u64, sip ^ SIPHASH_CONST_0);
	BUCKETMAP_NEEDS(u64, siphash(bytes, (size_t)1, secret));
	BUCKETMAP_NEEDS(u64, siphash_1u64(1, secret));
	BUCKETMAP_NEEDS(u64, xxh64(bytes, (size_t)1, 1));
	BUCKETMAP_NEEDS(int, wait_for_random_bytes());
	BUCKETMAP_NEEDS(void, get_random_bytes((void *)NULL, 1));
	BUCKETMAP_NEEDS(void, rb_insert_color(node, tree));

	BUCKETMAP_NEEDS(unsigned long, vmalloc_to_pfn(bytes));
	BUCKETMAP_NEEDS(vm_fault_t, vmf_insert_pfn(vma, 1UL, 1UL));
	BUCKETMAP_NEEDS(int, apply_to_page_range(current->mm, 1UL, 1UL, NULL,
						 (void *)NULL));
	BUCKETMAP_NEEDS(void, unmap_mapping_range(file->f_mapping, 0, 1, 1));
	BUCKETMAP_NEEDS(struct inode *, alloc_anon_inode(mount->mnt_sb));
	BUCKETMAP_NEEDS(struct pseudo_fs_context *, init_pseudo(NULL, 1UL));
	BUCKETMAP_NEEDS(void, kill_anon_super(mount->mnt_sb));
	BUCKETMAP_NEEDS(struct vfsmount *, kern_mount(mount->mnt_sb->s_type));
	BUCKETMAP_NEEDS(void, kern_unmount(mount));

	BUCKETMAP_NEEDS(int, misc_register((struct miscdevice *)NULL));
	BUCKETMAP_NEEDS(struct file *,
			anon_inode_getfile(text, file->f_op, (void *)NULL, 1));
	BUCKETMAP_NEEDS(int, get_unused_fd_flags(1));
	BUCKETMAP_NEEDS(void, fd_install(1, file));
	BUCKETMAP_NEEDS(int, check_zeroed_user((void __user *)NULL, (size_t)1));
	BUCKETMAP_NEEDS(long (*)(struct file *, unsigned int, unsigned long),
			file->f_op->unlocked_ioctl);
	BUCKETMAP_NEEDS(__poll_t (*)(struct file *, struct poll_table_struct *),
			file->f_op->poll);

	BUCKETMAP_NEEDS(int, current_umask());
	BUCKETMAP_NEEDS(bool, ns_capable(current_user_ns(), CAP_SYS_ADMIN));
	BUCKETMAP_NEEDS(int, in_group_p(current_fsgid()));
	BUCKETMAP_NEEDS(kuid_t, make_kuid(current_user_ns(), 1));
	BUCKETMAP_NEEDS(uid_t, from_kuid(current_user_ns(), current_fsuid()));
	BUCKETMAP_NEEDS(ktime_t, timens_ktime_to_host(CLOCK_MONOTONIC, *time));
	BUCKETMAP_NEEDS(int, param_set_ulong(text, param));
	BUCKETMAP_NEEDS(int, single_open(file, NULL, NULL));
}

#endif /* BM_COMPAT_CHECK */

#endif /* _BM_COMPAT_H */
